#include "election/bully.hpp"

#include <algorithm>

namespace cp::election {
namespace {

// Nodes with one seed draw different lots.
std::uint64_t mixed(std::uint64_t seed, NodeId self) { return seed ^ self.value * 0x9e3779b97f4a7c15U; }

} // namespace

Bully::Bully(NodeId self, std::uint64_t incarnation, Epoch highest_seen, const ElectionConfig& config,
             TimePoint now)
    : self_{self}, incarnation_{incarnation}, config_{config}, rng_{mixed(config.seed, self)},
      deadline_{now + (by_load() ? election_timeout() : config.listen)} {
    heard_of(highest_seen);
}

// --- time

TimePoint Bully::deadline() const {
    return leading() ? std::min({preempt_at(), term_ends_, outbid_at_}) : deadline_;
}

void Bully::on_deadline(TimePoint now, wire::Outbox& out) {
    if (now < deadline()) return;
    // We were away, and the claim that we were waiting for may be in the socket.
    if (deadline_ != never && now - deadline_ > config_.answer_timeout) return on_stalled(now);
    switch (state_) {
    case State::listening: return may_claim_at_once() ? claim(now, next_reason_, out) : ask(now, out);
    case State::staggering: return ask(now, out);
    case State::asking:
        // Somebody who ranks higher answered and did not claim: ask again, it may be gone by now.
        if (!answered_) return claim(now, next_reason_, out);
        answered_ = false;
        if (!by_load()) return ask(now, out);
        state_ = State::staggering;
        deadline_ = now + election_timeout();
        return;
    case State::awaiting:
        if (!leader_ || !still_leads_) return elect(now, leader_ ? "leader_lost" : next_reason_, out);
        return keep_following(); // the successor did not take it, and the leader goes on
    case State::following:       // in doubt, and nobody was heard to lead
        leader_.reset();
        return ask(now, out);
    case State::leading:
        if (now >= outbid_at_) return outbid(now, fenced_by_, out);
        if (now >= term_ends_) return end_term(now, out);
        return offer(now, next_in_line()->id, out);
    case State::retired: return;
    }
}

void Bully::on_stalled(TimePoint now) {
    if (state_ == State::retired) return;
    if (leading()) leader_.reset();
    state_ = leader_ ? State::following : State::listening;
    deadline_ = now + config_.stall_listen;
    next_reason_ = "stalled";
    in_doubt_ = true;
    answered_ = false;
}

Duration Bully::election_timeout() {
    return rng_.between(config_.election_timeout_min, config_.election_timeout_max);
}

// How long to leave the claim to those who rank higher.
Duration Bully::turn() {
    if (by_load() && load_ == load_unknown) return election_timeout();
    return config_.claim_stagger * static_cast<int>(peers_.count_above(rank()));
}

// --- from one state to the next

void Bully::keep_following() {
    state_ = State::following;
    deadline_ = never;
    next_reason_ = "coordinator";
}

void Bully::listen(TimePoint now, Duration duration, std::string_view why) {
    leader_.reset();
    answered_ = false;
    state_ = State::listening;
    deadline_ = now + duration;
    next_reason_ = why;
}

void Bully::elect(TimePoint now, std::string_view why, wire::Outbox& out) {
    leader_.reset();
    next_reason_ = why;
    answered_ = false;
    if (will_not_claim_) {
        state_ = State::retired;
        deadline_ = never;
    } else if (may_claim_at_once()) {
        claim(now, why, out);
    } else {
        state_ = State::staggering;
        deadline_ = now + turn();
    }
}

// REQUIRES: no leader. What was answered while we staggered counts.
void Bully::ask(TimePoint now, wire::Outbox& out) {
    if (will_not_claim_) return elect(now, next_reason_, out);
    state_ = State::asking;
    deadline_ = now + config_.answer_timeout;
    out.to_group(wire::Election{self_, seen_});
}

void Bully::claim(TimePoint now, std::string_view why, wire::Outbox& out) {
    if (!leading()) {
        led_since_ = now;
        rivals_.clear();
        offered_to_ = {};
        offer_again_after_ = 2 * config_.answer_timeout;
        // Those who rank higher have just been asked, and did not answer.
        next_offer_ = now + offer_again_after_;
        begin_term(now);
    }
    seen_ = {++floor_, self_, incarnation_};
    leader_ = Leader{self_, seen_};
    reason_ = why;
    next_reason_ = "outbid";
    state_ = State::leading;
    in_doubt_ = false;
    outbid_at_ = never;
    deadline_ = never;
    claimed_at_ = now;
    next_reassert_ = now + speak_again_after;
    peers_.assume_all_follow();
    out.to_group(wire::Coordinator{seen_, peers_.followers()});
}

// REQUIRES: epoch >= seen_, and not ours.
void Bully::adopt(const Epoch& epoch) {
    heard_of(epoch);
    seen_ = epoch;
    in_doubt_ = false;
    const Leader found{epoch.leader, epoch};
    if (leader_ == found) {
        if (state_ == State::awaiting) {
            still_leads_ = true;
        } else {
            keep_following();
        }
        return;
    }
    if (leading() && epoch.leader == offered_to_) next_reason_ = "preempted";
    leader_ = found;
    reason_ = next_reason_;
    keep_following();
}

// Says that we outrank a candidate, or that a leader is behind the times. Everybody hears it, so one is
// enough for all who caused it.
void Bully::answer(TimePoint now, wire::Outbox& out) {
    if (now < next_answer_) return;
    next_answer_ = now + speak_again_after;
    out.to_group(wire::Answer{self_, seen_});
}

void Bully::heard_of(const Epoch& epoch) {
    if (epoch.counter <= counter_believed) floor_ = std::max(floor_, epoch.counter);
}

} // namespace cp::election
