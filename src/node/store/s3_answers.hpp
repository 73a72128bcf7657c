// What an object store's refusal means, as the one line that a person gets: what, where, what to do. Pure.
#pragma once

#include "base/result.hpp"
#include "store/http_client.hpp"
#include "store/remote_url.hpp"

#include <cstdint>

namespace cp::store {

// REQUIRES: !reply.ok(). `unix_seconds`: this machine's clock, to say how wrong it is. Codes: not_found (the
// object), bad_config (bucket, region), denied (keys, rights), disk_full (a quota), busy (come back later),
// conflict (a condition), unreachable (broken over there).
[[nodiscard]] Failure failure_of(const HttpReply&, const RemoteUrl&, std::int64_t unix_seconds);

// Whether the same request may succeed a moment later.
[[nodiscard]] bool is_passing(const HttpReply&);
// Whether it speaks of the store, not of this request. A 500 does not: Ceph gives it to those who lose a race
// for one object.
[[nodiscard]] bool is_overloaded(const HttpReply&);

} // namespace cp::store
