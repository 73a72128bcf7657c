// Named bytes that outlive the node: images that clients send, and what users keep. One interface over
// engines: a folder (dir:), or an object store of others (s3:, gs:). What every engine must give is in the
// interface; what only some give is in caps(), and correctness must not depend on it.
//
// Calls block on a disk or a network: call them from a worker, from several at once if you like. Keys:
// key.hpp. Each failure is one line for people.
#pragma once

#include "base/payload.hpp"
#include "base/result.hpp"
#include "config/environment.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cp::store {

// On what a put depends. `etag` is a view: it lives as long as the call.
struct PutIf {
    enum class Kind : std::uint8_t { any, absent, unchanged };
    Kind kind = Kind::any;
    std::string_view etag{};

    static const PutIf any;    // create or replace
    static const PutIf absent; // create only; errc::exists when the key is taken
    // Replace only what head() or list() described with this tag; else errc::conflict.
    [[nodiscard]] static constexpr PutIf unchanged(std::string_view etag) { return {Kind::unchanged, etag}; }
};
inline constexpr PutIf PutIf::any{Kind::any, {}};
inline constexpr PutIf PutIf::absent{Kind::absent, {}};

// A part of an object, in bytes; what lies behind its end is cut off.
struct ByteRange {
    std::uint64_t from = 0;
    std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
};

struct ObjectInfo {
    std::string key;
    std::uint64_t bytes = 0;
    std::int64_t modified_unix_s = 0;
    std::uint32_t modified_ns = 0; // of that second, where the engine knows
    std::string etag{}; // another one after each put of other bytes; opaque, fit for a header once in quotes
};

struct Caps {
    bool create_only = false;     // PutIf::absent is atomic, whoever else writes
    bool replace_only = false;    // PutIf::unchanged is atomic, whoever else writes
    bool consistent_list = false; // list() shows every finished put
};

inline constexpr std::size_t list_page_max = 1000;

class ObjectStore {
public:
    virtual ~ObjectStore() = default;

    // All or nothing; when it returns success the bytes survive a power cut.
    [[nodiscard]] virtual Outcome<void> put(std::string_view key, ByteView, PutIf) = 0;
    [[nodiscard]] virtual Outcome<Payload> get(std::string_view key, ByteRange) = 0; // errc::not_found
    [[nodiscard]] Outcome<Payload> get(std::string_view key) { return get(key, {}); }
    [[nodiscard]] virtual Outcome<ObjectInfo> head(std::string_view key) = 0; // errc::not_found
    // Keys that begin with `prefix` and sort behind `after`, in byte order, at most list_page_max: for the
    // next page pass the last key of this one; an empty page is the end.
    [[nodiscard]] virtual Outcome<std::vector<ObjectInfo>> list(std::string_view prefix,
                                                                std::string_view after) = 0;
    // The names between `prefix`, which ends with a slash or is empty, and the next slash, once each:
    // "alice" of "users/alice/profile.json". Order and pages as of list().
    [[nodiscard]] virtual Outcome<std::vector<std::string>> list_folders(std::string_view prefix,
                                                                         std::string_view after) = 0;
    // Success also when there was nothing: a repeated request must not fail.
    [[nodiscard]] virtual Outcome<void> del(std::string_view key) = 0;

    // For a program that ends, from any thread: calls that wait for others fail within two seconds, later
    // ones at once.
    virtual void abort() {}

    [[nodiscard]] virtual Caps caps() const = 0;
    // Which objects these are: two nodes with the same number see the same ones. 0: the engine is shared by
    // its nature.
    [[nodiscard]] virtual std::uint64_t identity() const { return 0; }
    [[nodiscard]] virtual std::string url() const = 0; // as logs and `members` show it, without secrets
};

// By its URL: "dir:PATH", "s3://BUCKET[/PREFIX]?endpoint=URL&region=R" or "gs://BUCKET[/PREFIX]"
// (remote_url.hpp). Makes the folder, not the bucket, and proves that it can be written; for stores of others
// also finds out caps(), with about twenty requests. The environment has their keys. errc::bad_config: a URL
// that says something else; else what the engine says, in one line.
[[nodiscard]] Outcome<std::unique_ptr<ObjectStore>> open_store(std::string_view url,
                                                               const Environment& environment = {});

} // namespace cp::store
