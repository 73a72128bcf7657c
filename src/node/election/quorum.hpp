// The quorum option: a leader serves only while enough others promise to serve under nobody else. A lease
// (Gray and Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for Distributed File Cache Consistency",
// SOSP 1989), renewed with every heartbeat. Bully decides who leads; this decides whether it may act on it.
//
// Every Coordinator and Heartbeat of a leader asks for a grant. A follower that grants promises to grant
// nothing to any other claim for `failure_timeout`, from the moment of the grant. The leader counts a grant
// for 0.7 of that, from the moment at which it *sent* what is acknowledged.
//
// Why two leaders never serve at once, if n is a majority of all nodes (n counts the leader itself):
//  - two sets of n nodes share one, and that one promised to both. It granted after the datagram was sent,
//    and its promise is longer than the lease. So the first lease ended before the second grant was given;
//  - the one that they share may be a leader itself: it counts itself only when its own promise to somebody
//    else has run out, and grants nothing while it leads;
//  - it may have crashed meanwhile and forgotten: a node grants nothing, and does not count itself, in its
//    first `failure_timeout`;
//  - a promise ends early when its leader cannot serve any more: it crashed, left, or handed over. A leader
//    that offers the lead counts no grant from before the offer, so a successor that never heard of its luck
//    costs a moment of silence, not a second leader.
// Clocks are never compared between nodes. They need equal rates only: 30 % of difference are allowed for,
// less what passes between holds() and the datagram that depends on it. They have to run on while the
// machine sleeps; a guest whose clock stands still while it is paused is outside of this argument, and epochs
// fence it. With a smaller n the option protects a leader that is cut off from serving, and no more.
//
// No sockets, no clock: `now` never goes backwards between calls. Not thread-safe. Memory is bounded by
// limits::members_max.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "wire/outbox.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cp::election {

struct QuorumConfig {
    std::size_t n = 0; // nodes that must agree, the leader included; 0 and 1: off
    Duration failure_timeout = std::chrono::milliseconds{100};
};

class Quorum {
public:
    Quorum(const QuorumConfig&, TimePoint now);

    [[nodiscard]] bool on() const { return config_.n > 1; }

    // --- of a leader

    // We lead in this epoch from here on; what was granted in an earlier one does not count.
    void began(const Epoch&);
    void ended();
    // To be called with what the outbox holds, before it is cleared (in any order with began() of the same
    // moment, and again with the same items: no harm). Coordinators, heartbeats and hand-overs matter.
    void on_sent(TimePoint now, const wire::Outgoing&);
    void on_grant(NodeId from, const wire::Grant&);
    // May the leader act now? Always when off. To be asked when a result is sent, not when it is made.
    [[nodiscard]] bool holds(TimePoint now) const {
        return !on() || (now >= bound_until() && now < expiry());
    }
    // Until when it does if nobody grants anything more; in the past when it does not. `never` when off.
    [[nodiscard]] TimePoint expiry() const;

    // --- of a follower

    // For each Coordinator and Heartbeat of the leader that this node follows: what to answer, by unicast.
    // Nothing while we lead, or are bound to another claim: its next heartbeat asks again.
    [[nodiscard]] std::optional<wire::Grant> grant(TimePoint now, const Epoch&, std::uint64_t number);
    // That leader will serve nothing any more: it refused a reconnect (it crashed), or said goodbye.
    void release(NodeId leader);
    // It offered the lead, in its control datagram `number`.
    void on_hand_over(NodeId leader, std::uint64_t number);
    // When a claim of somebody else may be granted, and our own may be served.
    [[nodiscard]] TimePoint bound_until() const { return promise_.until; }

private:
    struct Asked {
        std::uint64_t number = 0;
        TimePoint at;
    };
    struct Granted {
        NodeId by;
        TimePoint asked_at;
    };
    struct Promise {
        Epoch to; // default: nobody we remember
        std::uint64_t number = 0;
        TimePoint until = TimePoint::min();
    };

    [[nodiscard]] Duration lease() const { return config_.failure_timeout * 7 / 10; }

    QuorumConfig config_;
    Promise promise_;
    std::optional<Epoch> leading_;
    // More than one lease of datagrams: what is older is of no use.
    std::array<Asked, 16> asked_{};
    std::size_t next_ = 0;
    std::uint64_t last_ = 0;       // number of the last datagram looked at
    std::vector<Granted> granted_; // one for each follower
};

} // namespace cp::election
