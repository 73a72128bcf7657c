// What the two halves of LivenessLinks share (liveness_link.hpp).
#pragma once

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "wire/limits.hpp"
#include "wire/link_handshake.hpp"
#include "wire/link_verdict.hpp"

#include <cstdint>
#include <functional>
#include <optional>

namespace cp::net {

using wire::LinkVerdict;

struct LinkHandlers {
    // At most once for each end of a link, unless the network was silent first and the port refused then; and
    // once for each doubt(). May call aim() and close().
    std::function<void(const SessionId&, LinkVerdict)> on_verdict;
    // Where a session accepts links; nothing when it is of no interest any more.
    std::function<std::optional<Endpoint>(const SessionId&)> find;
};

// Shorter in tests.
struct LinkOptions {
    std::size_t unproven_max = limits::links_unproven_max;
    std::size_t proven_max = limits::links_max;
    Duration proof_within = limits::link_proof_within;
    Duration check_within = limits::link_check_within;
    Duration knock_every = limits::link_knock_every;
    Duration retry_first = limits::link_retry_first;
    Duration retry_max = limits::link_retry_max;
};

struct LinkCounters {
    std::uint64_t connects = 0; // tried: to hold a link, and to look after one that ended
    std::uint64_t accepted = 0;
    std::uint64_t proven = 0;          // both directions
    std::uint64_t refused = 0;         // said something else than the handshake, or nothing in time
    std::uint64_t crowded = 0;         // came when unproven_max others were trying
    std::uint64_t accept_failures = 0; // no descriptor or memory for one more
};

// Looks that follow an ended link at once. More than one: a program that dies closes its links before or
// after its port, so the first look may still be let in, and is hung up on; and datagrams of a connect may be
// lost.
inline constexpr int link_looks = 3;

struct LinkContext {
    wire::LinkChallenges challenges;
    LinkHandlers handlers;
    LinkOptions options;
    LinkCounters counters{};
};

} // namespace cp::net
