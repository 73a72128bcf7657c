// Decides who leads. The Bully algorithm (Garcia-Molina, "Elections in a Distributed Computing System", IEEE
// ToC 1982) over multicast: the live node with the highest id leads. Beyond the paper:
//
//  - every leadership has an epoch (counter, leader, life). What a leader says below the highest epoch heard
//    here is ignored and answered with that epoch (fencing);
//  - nobody asks when the answer is known: the highest live id claims at once, the others give it a moment;
//  - two leaders that meet settle it: more followers wins, then the higher id; the winner outbids both
//  epochs;
//  - a leader leaves, or makes room for a higher id, by a planned hand-over.
//
// Bully is not consensus: two leaders may overlap for as long as the network keeps them apart. They never
// share an epoch, and when the network heals one remains.
//
// Who is alive is told from outside (membership); a node that comes back in another life has to be reported
// as lost and then as alive. The caller sends heartbeats, and one at once whenever leading() or the epoch
// changes, so that nobody goes on following a node that stepped down. NodeIds given as `from` belong to
// proven sessions.
//
// Not thread-safe, no clock: `now` never goes backwards between calls. Memory is bounded by
// limits::members_max.
#pragma once

#include "base/time.hpp"
#include "election/live_set.hpp"
#include "wire/outbox.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace cp::election {

struct ElectionConfig {
    Duration listen = std::chrono::milliseconds{250};      // at start: how long to listen for a leader
    Duration claim_stagger = std::chrono::milliseconds{5}; // for each live node that ranks higher
    Duration answer_timeout = std::chrono::milliseconds{100};
    bool preempt = true; // a leader makes room for a higher id (Bully's rule)
    // How long the higher id has to be alive first. A leader that has led for less than this and has never
    // held a task does not wait: it is start-up, and there is nothing to hand over.
    Duration preempt_after = std::chrono::seconds{5};
};

struct Leader {
    NodeId node;
    Epoch epoch;
    auto operator<=>(const Leader&) const = default;
};

class Bully {
public:
    // `highest_seen` is what an earlier life stored (highest_counter). Claims go above it, but it fences
    // nobody: it may be a reserve that no leader has ever used.
    Bully(NodeId self, std::uint64_t incarnation, Epoch highest_seen, const ElectionConfig&, TimePoint now);

    void on_election(TimePoint now, NodeId from, const wire::Election&, wire::Outbox&);
    void on_answer(TimePoint now, NodeId from, const wire::Answer&, wire::Outbox&);
    void on_coordinator(TimePoint now, NodeId from, const wire::Coordinator&, wire::Outbox&);
    void on_hand_over(TimePoint now, NodeId from, const wire::HandOver&, wire::Outbox&);
    // Of a node that says it leads.
    void on_leader_heartbeat(TimePoint now, NodeId from, const wire::Heartbeat&, wire::Outbox&);
    // Of a node that says it does not: tells whom it follows, and that a leader of ours leads no longer.
    void on_follower_heartbeat(TimePoint now, NodeId from, const wire::Heartbeat&, wire::Outbox&);
    void on_member_alive(TimePoint now, NodeId, wire::Outbox&);
    void on_member_lost(TimePoint now, NodeId, wire::Outbox&);
    // This node itself was away for so long that others may lead by now: it doubts itself first.
    void on_stalled(TimePoint now, Duration away, wire::Outbox&);
    void on_deadline(TimePoint now, wire::Outbox&);

    // For a node that is about to leave: names its successor when it leads, and never claims again.
    void hand_over(TimePoint now, wire::Outbox&);
    void set_ever_held_task() { ever_held_task_ = true; }

    [[nodiscard]] TimePoint deadline() const; // `never` when nothing is pending
    [[nodiscard]] std::optional<Leader> leader() const { return leader_; }
    [[nodiscard]] bool leading() const { return state_ == State::leading; }
    // The highest epoch that a leader announced in this life of ours, and below which leaders are fenced:
    // what a follower's heartbeat carries. Zero at first.
    [[nodiscard]] Epoch highest_seen() const { return seen_; }
    // The highest counter known from any source: what belongs on disk.
    [[nodiscard]] std::uint64_t highest_counter() const { return floor_; }
    // How many live nodes follow us; 0 unless leading. What our heartbeat carries.
    [[nodiscard]] std::uint16_t followers() const {
        return leading() ? peers_.followers() : std::uint16_t{0};
    }
    // The successor named last by this leadership; 0: none.
    [[nodiscard]] NodeId offered_to() const { return offered_to_; }
    // Why the present leader was adopted, for logs: "start", "leader_lost", "hand_over", "preempted",
    // "outbid", "coordinator" (it announced itself uninvited).
    [[nodiscard]] std::string_view reason() const { return reason_; }

private:
    enum class State : std::uint8_t {
        listening,  // no leader; one may be heard any moment
        staggering, // no leader; somebody who ranks higher claims first
        asking,     // no leader; our Election is out
        following,
        awaiting, // following, and the leader has named a successor
        leading,
        retired, // no leader, and never again one of us
    };

    // bully.cpp: from one state to the next
    void listen(TimePoint now, Duration, std::string_view why);
    void elect(TimePoint now, std::string_view why, wire::Outbox&);
    void ask(TimePoint now, wire::Outbox&);
    void claim(TimePoint now, std::string_view why, wire::Outbox&);
    void adopt(const Epoch&);
    void answer(TimePoint now, wire::Outbox&);
    void heard_of(const Epoch&);

    // bully_leading.cpp: what only a leader does
    void meet(TimePoint now, NodeId rival, const wire::Heartbeat&, wire::Outbox&);
    void fenced(TimePoint now, const Epoch& seen, wire::Outbox&);
    void outbid(TimePoint now, const Epoch& rival, wire::Outbox&);
    void reassert(TimePoint now, wire::Outbox&);
    void offer(TimePoint now, NodeId to, wire::Outbox&);
    [[nodiscard]] bool outbid_before(const Epoch& rival) const;
    void remember_rival(const Epoch&);
    [[nodiscard]] TimePoint preempt_at() const;

    static constexpr Duration speak_again_after = std::chrono::milliseconds{20};
    // No cluster gets here by electing. What is beyond it is damage, and must leave us a next number.
    static constexpr std::uint64_t counter_max = std::uint64_t{1} << 62U;

    [[nodiscard]] static bool plausible(const Epoch& epoch, NodeId leader) {
        return epoch.leader == leader && epoch.counter <= counter_max;
    }
    // Who should lead, of two: the one place that knows the ranking.
    [[nodiscard]] static bool outranks(NodeId a, NodeId b) { return a > b; }
    [[nodiscard]] bool highest_alive() const { return peers_.count_above(self_) == 0; }

    NodeId self_;
    std::uint64_t incarnation_;
    ElectionConfig config_;
    LiveSet peers_;
    State state_ = State::listening;
    TimePoint deadline_;           // of the state; `never` while leading or following
    Epoch seen_;                   // fence
    std::uint64_t floor_;          // claims are above this counter
    std::optional<Leader> leader_; // set in following and leading; in awaiting until it is lost
    std::string_view reason_ = "";
    std::string_view next_reason_ = "start"; // of the leader that comes next
    bool will_not_claim_ = false;
    TimePoint next_answer_ = TimePoint::min();

    bool answered_ = false;    // staggering, asking: somebody who ranks higher is alive
    NodeId successor_;         // awaiting
    bool still_leads_ = false; // awaiting: the leader was heard after it named the successor

    TimePoint led_since_; // leading: since it began, and since the present epoch
    TimePoint claimed_at_;
    TimePoint next_reassert_ = TimePoint::min();
    std::vector<Epoch> rivals_; // that our present leadership has outbid already
    bool ever_held_task_ = false;
    NodeId offered_to_;
    TimePoint next_offer_;
    Duration offer_again_after_{};
};

} // namespace cp::election
