// A node's data directory: what must survive a restart, held by one process at a time. Blocking, and what is
// written is synced: for start-up and for workers.
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "config/environment.hpp"
#include "files/descriptor.hpp"

#include <cstdint>
#include <filesystem>

namespace cp {

// The lock is held until this is destroyed (or the process ends, however it ends).
class DataDir {
public:
    // Makes the directory (0700) if need be and locks it. Errors: busy when another process holds it,
    // unwritable.
    [[nodiscard]] static Outcome<DataDir> open(const std::filesystem::path&);

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    // The number kept here for a node that was given none: random at the first call, then always the same.
    [[nodiscard]] Outcome<NodeId> kept_id() const;

    // This life's incarnation, on disk before it is returned: stored + 1, or `unix_seconds` where nothing (or
    // nothing legible) is stored, which is above whatever an erased directory had counted up to.
    [[nodiscard]] Outcome<std::uint64_t> claim_incarnation(std::uint64_t unix_seconds) const;

    // The epoch counter that earlier lives reserved: no leader of theirs went above it. 0 when nothing is
    // stored.
    [[nodiscard]] Outcome<std::uint64_t> reserved_epoch() const;
    // On disk before it returns. May be called on another thread, one call at a time.
    [[nodiscard]] Outcome<void> reserve_epoch(std::uint64_t counter) const;

private:
    DataDir(std::filesystem::path path, Descriptor lock) : path_{std::move(path)}, lock_{std::move(lock)} {}

    std::filesystem::path path_;
    Descriptor lock_;
};

struct NodeHome {
    NodeId id;
    DataDir data;
};

// The id and directory that the configuration names; node-<id> below
// ${XDG_STATE_HOME:-~/.local/state}/cloudp2p for an id alone; for neither, the first auto-K there that nobody
// holds.
[[nodiscard]] Outcome<NodeHome> open_node_home(const NodeSection&, const Environment&);

// Of a client: ${XDG_STATE_HOME:-~/.local/state}/cloudp2p/history; empty when there is no home.
[[nodiscard]] std::filesystem::path history_file(const Environment&);

} // namespace cp
