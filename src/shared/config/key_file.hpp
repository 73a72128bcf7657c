// The cluster key's file: 64 hexadecimal digits and a newline, mode 0600. Blocking; for start-up only.
#pragma once

#include "base/result.hpp"
#include "config/config.hpp"
#include "config/environment.hpp"
#include "crypto/keys.hpp"

#include <filesystem>

namespace cp {

struct LoadedKey {
    ClusterKey key;
    std::filesystem::path path;
    bool created = false; // made just now, by us: the program says so in one line
};

// node.key_file, or ${XDG_CONFIG_HOME:-~/.config}/cloudp2p/cluster.key.
[[nodiscard]] Outcome<std::filesystem::path> key_path(const NodeSection&, const Environment&);

// Errors: not_found, unreadable; permissions when group or others may read it (the line has the chmod to
// type); bad_field when it holds no key.
[[nodiscard]] Outcome<ClusterKey> load_key(const std::filesystem::path&);

// Makes a random key and its directory. Of several that start together one creates the file and all return
// the same key. An existing file is never replaced. Errors: unwritable, disk_full, and those of load_key().
[[nodiscard]] Outcome<LoadedKey> create_key(const std::filesystem::path&);

// What a program does at its start: the key of the file; without a file, a new one when `may_create`
// (loopback, or --new-cluster), else the line that says where to get one.
[[nodiscard]] Outcome<LoadedKey> obtain_key(const std::filesystem::path&, bool may_create);

} // namespace cp
