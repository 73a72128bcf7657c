// What Bully does while it leads: rivals, fences, making room.
#include "election/bully.hpp"

#include <algorithm>
#include <tuple>

namespace cp::election {

// Another leader. Both compare the same two pairs, so they agree unless a count has just changed; and then
// the one with the lower epoch yields to the next Coordinator that it hears.
void Bully::meet(TimePoint now, NodeId rival, const wire::Heartbeat& beat, wire::Outbox& out) {
    heard_of(beat.epoch);
    peers_.set_follows(rival, false);
    if (rival == fenced_by_.leader) outbid_at_ = never;
    // Nobody follows two. A claim counts all that were alive then, so the newer one knows better: a leader
    // that was cut off learns late that its followers have left it.
    std::uint16_t ours = peers_.followers();
    std::uint16_t theirs = beat.followers;
    if (beat.epoch > leader_->epoch)
        ours = std::min(ours, peers_.left_by(theirs));
    else
        theirs = std::min(theirs, peers_.left_by(ours));
    const bool win = std::tuple{ours, self_} > std::tuple{theirs, rival};
    if (beat.epoch > leader_->epoch) return win ? outbid(now, beat.epoch, out) : adopt(beat.epoch);
    if (!win) return; // it outbids us as soon as it hears our heartbeat
    // Outbid already, or claimed in the same moment as we: our Coordinator has not reached it. A rival that
    // never hears us must not drive the counter up.
    if (outbid_before(beat.epoch) || now < claimed_at_ + config_.answer_timeout) {
        remember_rival(beat.epoch);
        reassert(now, out);
    } else {
        outbid(now, beat.epoch, out);
    }
}

// Somebody has seen a higher epoch than ours, and will not listen to us. If its leader may still lead, that
// one is to be heard in a moment; else nobody leads there, and a higher epoch of ours ends the matter. When a
// partition heals, its followers are often heard first: who has more of them is settled when we meet.
void Bully::fenced(TimePoint now, const Epoch& seen, wire::Outbox& out) {
    if (seen.counter > counter_max) return;
    const Peer* rival = peers_.find(seen.leader);
    if (rival != nullptr && !rival->follows) {
        listen(now, config_.answer_timeout, "outbid");
    } else if (rival != nullptr || seen.leader == self_) { // follows us, or an earlier life of ours
        outbid(now, seen, out);
    } else if (outbid_at_ == never) {
        fenced_by_ = seen;
        outbid_at_ = now + config_.stall_listen;
    }
}

void Bully::outbid(TimePoint now, const Epoch& rival, wire::Outbox& out) {
    remember_rival(rival);
    claim(now, "outbid", out);
}

void Bully::reassert(TimePoint now, wire::Outbox& out) {
    if (now < next_reassert_) return;
    next_reassert_ = now + speak_again_after;
    out.to_group(wire::Coordinator{leader_->epoch, peers_.followers()});
}

bool Bully::outbid_before(const Epoch& rival) const { return std::ranges::count(rivals_, rival) != 0; }

void Bully::remember_rival(const Epoch& rival) {
    if (outbid_before(rival)) return;
    if (rivals_.size() == limits::members_max) rivals_.erase(rivals_.begin());
    rivals_.push_back(rival);
}

// --- making room

// Who is to get the lead next, if anybody. By load, whoever has been lighter for longest; of equals (all who
// were when we began to lead) the best.
const Peer* Bully::next_in_line() const {
    if (!config_.preempt || !by_load()) return config_.preempt ? peers_.highest() : nullptr;
    const auto& peers = peers_.by_rank();
    const auto first = std::ranges::min_element(peers, {}, [this](const Peer& p) { return earns_at(p); });
    return first != peers.end() ? &*first : nullptr;
}

// When it has earned the lead by being there, and better; `never` if it is not on the way to it.
TimePoint Bully::earns_at(const Peer& peer) const {
    if (by_load()) {
        if (peer.lighter_since == never) return never;
        return std::max(peer.lighter_since, led_since_) + config_.preempt_after;
    }
    if (!outranks(peer.rank(), rank())) return never;
    const bool starting = !ever_held_task_ && peer.since < led_since_ + config_.preempt_after;
    return starting ? peer.since : peer.since + config_.preempt_after;
}

TimePoint Bully::preempt_at() const {
    const Peer* next = next_in_line();
    return next != nullptr ? std::max(earns_at(*next), next_offer_) : never;
}

// We go on leading until the successor's Coordinator comes. When it does not, later offers get rarer: the
// successor may hear nothing at all.
void Bully::offer(TimePoint now, NodeId to, wire::Outbox& out) {
    offered_to_ = to;
    next_offer_ = now + offer_again_after_;
    offer_again_after_ =
        std::max(std::min(2 * offer_again_after_, config_.preempt_after), offer_again_after_);
    out.to_group(wire::HandOver{leader_->epoch, to});
}

void Bully::begin_term(TimePoint now) {
    term_offered_ = false;
    term_ends_ = config_.leader_term > Duration::zero() ? now + config_.leader_term : never;
}

// The vote is on who ranks best now, whatever the margin. If that is not we, it gets a moment to take it.
void Bully::end_term(TimePoint now, wire::Outbox& out) {
    const Peer* best = peers_.highest();
    if (!term_offered_ && best != nullptr && outranks(best->rank(), rank())) {
        term_offered_ = true;
        term_ends_ = now + 2 * config_.answer_timeout;
        return offer(now, best->id, out);
    }
    begin_term(now);
    claim(now, "term", out);
}

void Bully::hand_over(wire::Outbox& out) {
    will_not_claim_ = true;
    if (leading()) {
        offered_to_ = peers_.successor();
        if (offered_to_) out.to_group(wire::HandOver{leader_->epoch, offered_to_});
        leader_.reset();
        next_reason_ = "hand_over";
    }
    if (leader_) return; // goes on following until it has left
    state_ = State::retired;
    deadline_ = never;
}

} // namespace cp::election
