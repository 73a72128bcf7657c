// What Bully makes of what others say, and of who is there.
#include "election/bully.hpp"

#include <algorithm>
#include <utility>

namespace cp::election {

void Bully::on_election(TimePoint now, NodeId from, const wire::Election& election, wire::Outbox& out) {
    if (election.candidate != from || from == self_ || will_not_claim_) return;
    heard_of(election.seen);
    if (leading()) {
        if (election.seen > leader_->epoch) fenced(now, election.seen, out);
        if (leading()) reassert(now, out);
        return;
    }
    if (leader_ && election.seen == leader_->epoch) doubted_ = leader_->node;
    // Who asks knows more than we who were away.
    if (in_doubt_ && state_ != State::asking) return;
    if (!outranks(rank(), rank_of(from))) return;
    answer(now, out);
    if (!leader_ && may_claim_at_once()) claim(now, next_reason_, out);
}

void Bully::on_answer(TimePoint now, NodeId from, const wire::Answer& answer, wire::Outbox& out) {
    if (answer.node != from || from == self_) return;
    heard_of(answer.seen);
    if (leading()) {
        if (answer.seen > leader_->epoch) fenced(now, answer.seen, out);
        return;
    }
    if (!outranks(rank_of(from), rank()) || answered_) return;
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
    const std::string_view why = outranks(rank_of(hand_over.to), rank_of(from)) ? "preempted" : "hand_over";
    if (hand_over.to == self_) {
        heard_of(hand_over.epoch);
        // In doubt, this may be old: a leader that still leads offers again.
        if (!will_not_claim_ && !in_doubt_) claim(now, why, out);
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

NodeId Bully::take_doubt() {
    const NodeId doubted = std::exchange(doubted_, {});
    return leader_ && leader_->node == doubted ? doubted : NodeId{};
}

// --- who is there

Rank Bully::rank_of(NodeId node) const {
    if (node == self_) return rank();
    const Peer* peer = peers_.find(node);
    return peer != nullptr ? peer->rank() : Rank{node};
}

void Bully::on_member_alive(TimePoint now, NodeId node, wire::Outbox& out) {
    if (node == self_ || !peers_.add(now, node)) return;
    if (!leading() || by_load() || peers_.highest()->id != node) return;
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
        keep_following();
    } else if (leader_ && leader_->node == node) {
        if (!in_doubt_) return elect(now, "leader_lost", out);
        leader_.reset(); // it may have been succeeded while we were away: listen on
        state_ = State::listening;
    } else if ((state_ == State::staggering || state_ == State::asking) && may_claim_at_once()) {
        claim(now, next_reason_, out);
    }
}

void Bully::set_load(TimePoint now, NodeId node, std::uint16_t load) {
    if (!by_load()) return;
    load = std::min(load, load_max);
    if (node == self_) {
        load_ = load;
    } else {
        peers_.set_load(node, load);
    }
    peers_.compare_loads(now, load_, config_.load_margin);
}

} // namespace cp::election
