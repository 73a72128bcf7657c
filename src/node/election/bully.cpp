#include "election/bully.hpp"

#include <algorithm>

namespace cp::election {
Bully::Bully(NodeId self, std::uint64_t incarnation, Epoch highest_seen, const ElectionConfig& config,
             TimePoint now)
    : self_{self}, incarnation_{incarnation}, config_{config}, deadline_{now + config.listen},
      floor_{highest_seen.counter} {}

// --- what others say

void Bully::on_election(TimePoint now, NodeId from, const wire::Election& election, wire::Outbox& out) {
    if (election.candidate != from || from == self_ || will_not_claim_) return;
    heard_of(election.seen);
    if (leading()) {
        if (election.seen > leader_->epoch) fenced(now, election.seen, out);
        if (leading()) reassert(now, out);
        return;
    }
    if (!outranks(self_, from)) return;
    answer(now, out);
    if (!leader_ && highest_alive()) claim(now, next_reason_, out);
}

void Bully::on_answer(TimePoint now, NodeId from, const wire::Answer& answer, wire::Outbox& out) {
    if (answer.node != from || from == self_) return;
    heard_of(answer.seen);
    if (leading()) {
        if (answer.seen > leader_->epoch) fenced(now, answer.seen, out);
        return;
    }
    if (!outranks(from, self_) || answered_) return;
    if (state_ == State::asking) deadline_ = now + config_.answer_timeout;
    answered_ = state_ == State::asking || state_ == State::staggering;
}

void Bully::on_coordinator(TimePoint now, NodeId from, const wire::Coordinator& claim, wire::Outbox& out) {
    if (from == self_ || !plausible(claim.epoch, from)) return;
    if (claim.epoch >= seen_) {
        adopt(claim.epoch);
    } else if (leading()) {
        // Both claimed in the same moment: that one lost, and has no followers to win with.
        if (now < claimed_at_ + config_.answer_timeout) remember_rival(claim.epoch);
        reassert(now, out);
    } else {
        answer(now, out);
    }
}

void Bully::on_leader_heartbeat(TimePoint now, NodeId from, const wire::Heartbeat& beat, wire::Outbox& out) {
    if (from == self_ || !plausible(beat.epoch, from)) return;
    if (leading()) {
        meet(now, from, beat, out);
    } else if (beat.epoch >= seen_) {
        adopt(beat.epoch);
    } else {
        answer(now, out);
    }
}

void Bully::on_follower_heartbeat(TimePoint now, NodeId from, const wire::Heartbeat& beat,
                                  wire::Outbox& out) {
    if (from == self_) return;
    heard_of(beat.epoch);
    if (leading()) {
        peers_.set_follows(from, beat.epoch == leader_->epoch);
        if (beat.epoch > leader_->epoch) fenced(now, beat.epoch, out);
    } else if (leader_ && leader_->node == from && beat.epoch >= leader_->epoch) {
        // It stepped down, and we missed for whom; the new leader's next heartbeat tells.
        listen(now, config_.answer_timeout, state_ == State::awaiting ? next_reason_ : "leader_lost");
    }
}

void Bully::on_hand_over(TimePoint now, NodeId from, const wire::HandOver& hand_over, wire::Outbox& out) {
    if (from == self_ || !plausible(hand_over.epoch, from) || hand_over.epoch < seen_) return;
    const std::string_view why = outranks(hand_over.to, from) ? "preempted" : "hand_over";
    if (hand_over.to == self_) {
        heard_of(hand_over.epoch);
        if (!will_not_claim_) claim(now, why, out);
        return;
    }
    if (leading()) return; // a rival's affair; its successor will meet us
    adopt(hand_over.epoch);
    state_ = State::awaiting;
    deadline_ = now + config_.answer_timeout;
    successor_ = hand_over.to;
    still_leads_ = false;
    next_reason_ = why;
}

// --- who is there

void Bully::on_member_alive(TimePoint now, NodeId node, wire::Outbox& out) {
    if (node == self_ || !peers_.add(now, node)) return;
    if (!leading() || peers_.highest()->id != node) return;
    next_offer_ = now;
    offer_again_after_ = 2 * config_.answer_timeout;
    if (now >= preempt_at()) offer(now, node, out);
}

void Bully::on_member_lost(TimePoint now, NodeId node, wire::Outbox& out) {
    peers_.remove(node);
    if (state_ == State::awaiting) {
        // A leaver hands over and then leaves: that the successor claims is what we are waiting for.
        if (leader_ && leader_->node == node) leader_.reset();
        if (successor_ != node) return;
        if (!leader_) return elect(now, next_reason_, out);
        state_ = State::following;
        deadline_ = never;
        next_reason_ = "coordinator";
    } else if (leader_ && leader_->node == node) {
        elect(now, "leader_lost", out);
    } else if ((state_ == State::staggering || state_ == State::asking) && highest_alive()) {
        claim(now, next_reason_, out);
    }
}

// --- time

void Bully::on_stalled(TimePoint now, Duration, wire::Outbox&) {
    if (state_ != State::retired) listen(now, 2 * std::chrono::milliseconds{20}, "stalled");
}

TimePoint Bully::deadline() const { return leading() ? preempt_at() : deadline_; }

void Bully::on_deadline(TimePoint now, wire::Outbox& out) {
    if (now < deadline()) return;
    // We were away, and the claim that we were waiting for may be in the socket.
    if (deadline_ != never && now - deadline_ > config_.answer_timeout)
        return listen(now, config_.answer_timeout, next_reason_);
    switch (state_) {
    case State::listening:
        if (!will_not_claim_ && highest_alive()) return claim(now, next_reason_, out);
        return ask(now, out);
    case State::staggering: return ask(now, out);
    case State::asking:
        // Somebody who ranks higher answered and did not claim: ask again, it may be gone by now.
        if (!answered_) return claim(now, next_reason_, out);
        answered_ = false;
        return ask(now, out);
    case State::awaiting:
        if (!leader_ || !still_leads_) return elect(now, leader_ ? "leader_lost" : next_reason_, out);
        state_ = State::following; // the successor did not take it, and the leader goes on
        deadline_ = never;
        next_reason_ = "coordinator";
        return;
    case State::leading: return offer(now, peers_.highest()->id, out);
    case State::following:
    case State::retired: return;
    }
}

// --- from one state to the next

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
    } else if (highest_alive()) {
        claim(now, why, out);
    } else {
        state_ = State::staggering;
        deadline_ = now + config_.claim_stagger * static_cast<int>(peers_.count_above(self_));
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
    }
    seen_ = {++floor_, self_, incarnation_};
    leader_ = Leader{self_, seen_};
    reason_ = why;
    next_reason_ = "outbid";
    state_ = State::leading;
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
    const Leader found{epoch.leader, epoch};
    if (leader_ == found) {
        if (state_ == State::awaiting) still_leads_ = true;
        return;
    }
    if (leading() && epoch.leader == offered_to_) next_reason_ = "preempted";
    leader_ = found;
    reason_ = next_reason_;
    next_reason_ = "coordinator";
    state_ = State::following;
    deadline_ = never;
}

// Says that we outrank a candidate, or that a leader is behind the times. Everybody hears it, so one is
// enough for all who caused it.
void Bully::answer(TimePoint now, wire::Outbox& out) {
    if (now < next_answer_) return;
    next_answer_ = now + speak_again_after;
    out.to_group(wire::Answer{self_, seen_});
}

void Bully::heard_of(const Epoch& epoch) {
    if (epoch.counter <= counter_max) floor_ = std::max(floor_, epoch.counter);
}

} // namespace cp::election
