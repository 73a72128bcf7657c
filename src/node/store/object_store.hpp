// Named bytes that outlive the node: images that clients send, and what users keep. One interface over
// engines: a folder now, object stores of others later. What every engine must give is in the interface; what
// only some give is in caps(), and correctness must not depend on it.
//
// Calls block on a disk or a network: call them from a worker, from several at once if you like. Keys:
// key.hpp. Each failure is one line for people.
#pragma once

#include "base/payload.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cp::store {

enum class PutIf {
    any,    // create or replace
    absent, // create only; errc::exists when the key is taken
};

struct ObjectInfo {
    std::string key;
    std::uint64_t bytes = 0;
    std::int64_t modified_unix_s = 0;
};

struct Caps {
    bool create_only = false;     // PutIf::absent is atomic, whoever else writes
    bool consistent_list = false; // list() shows every finished put
};

inline constexpr std::size_t list_page_max = 1000;

class ObjectStore {
public:
    virtual ~ObjectStore() = default;

    // All or nothing; when it returns success the bytes survive a power cut.
    [[nodiscard]] virtual Outcome<void> put(std::string_view key, ByteView, PutIf) = 0;
    [[nodiscard]] virtual Outcome<Payload> get(std::string_view key) = 0;     // errc::not_found
    [[nodiscard]] virtual Outcome<ObjectInfo> head(std::string_view key) = 0; // errc::not_found
    // Keys that begin with `prefix` and sort behind `after`, in byte order, at most list_page_max: for the
    // next page pass the last key of this one; an empty page is the end.
    [[nodiscard]] virtual Outcome<std::vector<ObjectInfo>> list(std::string_view prefix,
                                                                std::string_view after) = 0;
    // Success also when there was nothing: a repeated request must not fail.
    [[nodiscard]] virtual Outcome<void> del(std::string_view key) = 0;

    [[nodiscard]] virtual Caps caps() const = 0;
    [[nodiscard]] virtual std::string url() const = 0; // as logs and `members` show it, without secrets
};

// By its URL, "dir:PATH". Makes what is missing and proves that it can be written. errc::bad_config: a URL
// that this version does not know; errc::unwritable.
[[nodiscard]] Outcome<std::unique_ptr<ObjectStore>> open_store(std::string_view url);

} // namespace cp::store
