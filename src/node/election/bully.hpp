// Decides who leads. The Bully algorithm (Garcia-Molina, "Elections in a Distributed Computing System", IEEE
// ToC 1982) over multicast: the live node with the best rank leads (rank.hpp: the highest id, or the lowest
// load). Beyond the paper:
//
//  - every leadership has an epoch (counter, leader, life). What a leader says below the highest epoch heard
//    here is ignored and answered with that epoch (fencing);
//  - nobody asks when the answer is known: the best claims at once, the others give it a moment;
//  - two leaders that meet settle it: more followers wins, then the higher id; the winner outbids both
//    epochs;
//  - a leader leaves, or makes room for a better one, by a planned hand-over;
//  - a node that was away itself doubts itself first (on_stalled);
//  - a leadership may have a term, and is voted on again at its end.
//
// By load, two nodes may rank each other differently while a heartbeat is lost. That costs a claim too many,
// which the epochs order at once, or nodes that wait for one another. So:
//  - a load counts as it was *said*: everybody, its owner too, ranks by the last heartbeat; a node that has
//    said nothing ranks last. Where all were heard there is nothing to draw lots about: the best claims at
//    once and the others follow 5 ms apart, which makes failover by load as fast as by id;
//  - the election timeout drawn at random (Ongaro and Ousterhout, "In Search of an Understandable Consensus
//    Algorithm", USENIX ATC 2014) is the wait where ranks say nothing: listening at start, a node without a
//    load, and before asking again when somebody answered but did not claim. Nodes that wait for one another
//    thus ask at different moments, with the heartbeats heard meanwhile;
//  - a leader makes room only for a node that was less loaded by load_margin in every heartbeat of
//    preempt_after, and never before it has led for as long: no flapping, at start-up or later.
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

#include "base/rng.hpp"
#include "base/time.hpp"
#include "election/election_config.hpp"
#include "election/live_set.hpp"
#include "wire/outbox.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace cp::election {

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
    // Nothing was heard of that node for too long, or was again: the time that it has to be alive before the
    // lead is handed to it starts anew. To be called when it becomes suspected and when it is cleared.
    void on_gap(TimePoint now, NodeId node) { peers_.restart(now, node); }
    // We were away ourselves, for so long that others may have gone on without us. To be called before
    // anything that arrived meanwhile is passed in. A leader leads no longer; a follower keeps its leader;
    // either listens for stall_listen. When no leader was heard it asks, whatever its rank, and only then
    // claims; until it asks it holds nobody up by answering. A deadline served late has the same effect.
    void on_stalled(TimePoint now);
    void on_deadline(TimePoint now, wire::Outbox&);

    // For a node that is about to leave: names its successor when it leads, and never claims again.
    void hand_over(wire::Outbox&);
    void set_ever_held_task() { ever_held_task_ = true; }
    // As the heartbeat of that node says, ours included (at the moment that it is sent): hundredths. Ignored
    // under Policy::id.
    void set_load(TimePoint now, NodeId, std::uint16_t load);
    // The leader that we follow and that somebody else has lost in this very epoch (it asked who leads),
    // once; 0: none. Reason to suspect it at once, not to elect.
    [[nodiscard]] NodeId take_doubt();

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
    // "outbid", "stalled" (we were away), "term" (renewed), "coordinator" (it announced itself uninvited).
    [[nodiscard]] std::string_view reason() const { return reason_; }

private:
    enum class State : std::uint8_t {
        listening,  // no leader; one may be heard any moment
        staggering, // no leader; somebody who ranks higher claims first
        asking,     // no leader; our Election is out
        following,  // in doubt of ourselves: until the deadline
        awaiting,   // following, and the leader has named a successor
        leading,
        retired, // no leader, and never again one of us
    };

    // bully.cpp (what others say and who is there: bully_heard.cpp): time, from one state to the next
    void keep_following();
    void listen(TimePoint now, Duration, std::string_view why);
    void elect(TimePoint now, std::string_view why, wire::Outbox&);
    void ask(TimePoint now, wire::Outbox&);
    void claim(TimePoint now, std::string_view why, wire::Outbox&);
    void adopt(const Epoch&);
    void answer(TimePoint now, wire::Outbox&);
    void heard_of(const Epoch&);
    [[nodiscard]] Duration turn();
    [[nodiscard]] Duration election_timeout();

    // bully_leading.cpp: what only a leader does
    void meet(TimePoint now, NodeId rival, const wire::Heartbeat&, wire::Outbox&);
    void fenced(TimePoint now, const Epoch& seen, wire::Outbox&);
    void outbid(TimePoint now, const Epoch& rival, wire::Outbox&);
    void reassert(TimePoint now, wire::Outbox&);
    void offer(TimePoint now, NodeId to, wire::Outbox&);
    void begin_term(TimePoint now);
    void end_term(TimePoint now, wire::Outbox&);
    [[nodiscard]] bool outbid_before(const Epoch& rival) const;
    void remember_rival(const Epoch&);
    [[nodiscard]] const Peer* next_in_line() const;
    [[nodiscard]] TimePoint earns_at(const Peer&) const;
    [[nodiscard]] TimePoint preempt_at() const;

    static constexpr Duration speak_again_after = std::chrono::milliseconds{20};
    // No cluster gets here by electing. What is beyond it is damage, and must leave us next numbers that
    // others find plausible.
    static constexpr std::uint64_t counter_max = std::uint64_t{1} << 62U;
    static constexpr std::uint64_t counter_believed = counter_max / 2;

    [[nodiscard]] static bool plausible(const Epoch& epoch, NodeId leader) {
        return epoch.leader == leader && epoch.counter <= counter_max;
    }
    [[nodiscard]] bool by_load() const { return config_.policy == Policy::load; }
    [[nodiscard]] Rank rank() const { return {self_, load_}; }
    [[nodiscard]] Rank rank_of(NodeId) const;
    // Nobody alive ranks higher, and nothing speaks against it.
    [[nodiscard]] bool may_claim_at_once() const {
        return !will_not_claim_ && !in_doubt_ && peers_.count_above(rank()) == 0;
    }

    NodeId self_;
    std::uint64_t incarnation_;
    ElectionConfig config_;
    Rng rng_;
    LiveSet peers_;
    std::uint16_t load_ = load_unknown;
    State state_ = State::listening;
    TimePoint deadline_;           // of the state; `never` while leading, or following without doubt
    Epoch seen_;                   // fence
    std::uint64_t floor_ = 0;      // claims are above this counter
    std::optional<Leader> leader_; // set in following and leading; in awaiting until it is lost
    std::string_view reason_ = "";
    std::string_view next_reason_ = "start"; // of the leader that comes next
    bool will_not_claim_ = false;
    bool in_doubt_ = false; // we were away: ask before claiming, until a leader is heard
    NodeId doubted_;        // the leader that somebody asked about
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
    Epoch fenced_by_; // of a leader that we have not met
    TimePoint outbid_at_ = never;
    TimePoint term_ends_ = never;
    bool term_offered_ = false; // at the end of the term, to the best
    Duration offer_again_after_{};
};

} // namespace cp::election
