// ObjectSender, what reports change: where a receiver stands, how far it has got, what it misses.
#include "transfer/object_sender.hpp"

#include <algorithm>

namespace cp::transfer {

using wire::ReceiverState;

void ObjectSender::on_report(Step& step, const SessionId& from, const wire::Report& report) {
    TrackedReceiver* const receiver = receivers_.find(from);
    if (receiver == nullptr) {
        ++step.counters.unknown_transfer;
        return;
    }
    patience_.count(receivers_, step.now);
    receiver->unanswered = 0;
    receiver->heard = true;
    absorb(step, *receiver, report);
    settle(step);
}

void ObjectSender::absorb(Step& step, TrackedReceiver& receiver, const wire::Report& report) {
    const ReceiverPhase before = receiver.phase;
    // Final: a report that was overtaken on the way changes nothing.
    if (before == ReceiverPhase::complete || before == ReceiverPhase::refused) return;
    switch (report.state) {
    case ReceiverState::complete:
        receiver.have = queue_.segments();
        return change(step, receiver, ReceiverPhase::complete);
    case ReceiverState::refused: return change(step, receiver, ReceiverPhase::refused);
    case ReceiverState::busy:
        // Whoever has begun to receive has its memory: this answer to an early setup was overtaken.
        if (before == ReceiverPhase::unheard) change(step, receiver, ReceiverPhase::busy);
        return;
    case ReceiverState::receiving: break;
    }
    if (before == ReceiverPhase::unheard) {
        if (setup_again_ == 0) setup_again_ = sent_ + limits::setup_answers_within;
        receiver.phase = ReceiverPhase::receiving;
        receiver.gained_at = step.now;
    }
    if (before == ReceiverPhase::busy) {
        // Memory came free. Once data flows, only the one that everybody waited for may hold up the rest.
        if (receiver.id.node == essential_ || sent_ == 0) {
            receiver.gained_at = step.now;
            change(step, receiver, ReceiverPhase::receiving);
        } else {
            change(step, receiver, ReceiverPhase::left_behind);
        }
    }
    absorb_progress(step, receiver, report);
}

void ObjectSender::absorb_progress(Step& step, TrackedReceiver& receiver, const wire::Report& report) {
    const std::uint64_t highest = std::min(report.highest, flow_->last_number());
    const LossView view{highest, questions_.before(highest)};
    if (receiver.counted()) watch(step, receiver, report, view);
    receiver.reached = std::max(receiver.reached, flow_->reached(highest));
    receiver.window =
        std::clamp<std::uint32_t>(report.window, limits::credit_window_min, limits::credit_window_max);
    const bool gained = gains(step, receiver, report);
    receiver.have = std::max(receiver.have, std::min(report.have, queue_.segments()));
    if (receiver.counted() && !gained) change(step, receiver, ReceiverPhase::left_behind);
    // Those left behind must not slow the others down: they are repaired when the others have finished.
    if (receiver.counted()) {
        flow_->parity_rate().queued(queue_.on_gaps(report.gaps, view, queue_.segments(), by_parity()));
    }
    if (finished_) repair_late(step, receiver, report, view);
}

// What a report says of the way: what was lost on it, and how long it took. Only the first that shows a
// datagram tells the time, and only if it was this one that provoked it.
void ObjectSender::watch(Step& step, TrackedReceiver& receiver, const wire::Report& report,
                         const LossView& view) {
    const std::uint64_t reached = flow_->reached(view.highest);
    std::optional<Duration> delay;
    if (const auto sent_at = flow_->sent_at(view.highest); sent_at && reached > receiver.reached) {
        delay = step.now - *sent_at;
    }
    const std::uint32_t lost = queue_.lost_after(report.gaps, view, receiver.losses_counted);
    receiver.losses_counted = std::max(receiver.losses_counted, view.judged());
    receiver.path.reported(step.now, reached, flow_->count(), lost, delay);
    CongestionWindow& congestion = flow_->congestion();
    if (receiver.path.queue_grows()) congestion.slow_down(flow_->count());
    if (lost == 0) return;
    if (receiver.path.queue_stands() || receiver.path.clogged()) {
        congestion.congestion(reached, flow_->count(), receiver.path.bearable());
    }
}

// One receiver alone, or a block of one segment: parity would be no fewer than what is missing.
bool ObjectSender::by_parity() const {
    return !unicast_to_ && receivers_.counted() > 1 && queue_.segments() > 1;
}

// False: for a while it has been sent all that it asks for, or a good deal of it, and has not got a single
// segment of it.
bool ObjectSender::gains(Step& step, TrackedReceiver& receiver, const wire::Report& report) const {
    const bool more = std::min(report.have, queue_.segments()) > receiver.have;
    const bool our_turn =
        queue_.repairs_waiting() > 0 && sent_ - receiver.sent_at_gain < limits::no_gain_datagrams;
    const bool under_way = queue_.first_pass() < queue_.segments() || receiver.reached < flow_->count();
    if (more || paused_ || our_turn || (under_way && report.gaps.empty())) receiver.gained_at = step.now;
    if (more) receiver.sent_at_gain = sent_;
    return step.now - receiver.gained_at < limits::no_gain_after;
}

void ObjectSender::on_reached(Step& step, const SessionId& from, std::uint64_t ordinal) {
    TrackedReceiver* const receiver = receivers_.find(from);
    if (receiver == nullptr || !receiver->counted() || ordinal <= receiver->reached) return;
    receiver->reached = ordinal;
    arm(step.now, receivers_.sum_up());
}

} // namespace cp::transfer
