#include "transfer/object_sender.hpp"

#include "base/check.hpp"
#include "transfer/feedback.hpp"

#include <algorithm>

namespace cp::transfer {
namespace {

using wire::ReceiverState;

CreditSet credit_set_of(const SendSpec& spec, const Flow& flow) {
    const std::uint32_t window = first_window(spec.segment_bytes);
    if (spec.unicast_to) return {{Receiver{NodeId{}, *spec.unicast_to}}, flow.count(), window};
    return {spec.receivers, flow.count(), window};
}

wire::Setup setup_of(wire::TransferId id, const SendSpec& spec) {
    wire::Setup setup;
    setup.transfer = id;
    setup.object = spec.object;
    setup.total_bytes = spec.bytes.size();
    setup.segment_bytes = spec.segment_bytes;
    setup.work_bytes = spec.work_bytes;
    for (const Receiver& receiver : spec.receivers) setup.receivers.push_back(receiver.node);
    return setup;
}

} // namespace

ObjectSender::ObjectSender(Step& step, wire::TransferId id, const SendSpec& spec, std::shared_ptr<Flow> flow)
    : setup_{setup_of(id, spec)}, bytes_{spec.bytes}, layout_{bytes_.size(), spec.segment_bytes},
      unicast_to_{spec.unicast_to}, essential_{spec.essential}, repairs_only_{spec.repairs_only},
      flow_{std::move(flow)}, receivers_{credit_set_of(spec, *flow_)}, queue_{layout_.segments(),
                                                                              repairs_only_},
      setup_interval_{limits::setup_repeat_first}, poll_interval_{limits::poll_first} {
    CP_CHECK(receivers_.counted() > 0 && receivers_.counted() <= limits::receivers_max);
    send_setup(step);
    if (repairs_only_) send_poll(step);
    arm(step.now, true);
}

// --- reports

void ObjectSender::on_report(Step& step, const SessionId& from, const wire::Report& report) {
    TrackedReceiver* const receiver = receivers_.find(from);
    if (receiver == nullptr) {
        ++step.counters.unknown_transfer;
        return;
    }
    receiver->unanswered = 0;
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
    receiver.reached = std::max(receiver.reached, flow_->reached(highest));
    receiver.window =
        std::clamp<std::uint32_t>(report.window, limits::credit_window_min, limits::credit_window_max);
    const bool gained = gains(step, receiver, report);
    receiver.have = std::max(receiver.have, std::min(report.have, queue_.segments()));
    if (receiver.counted() && !gained) change(step, receiver, ReceiverPhase::left_behind);
    // Those left behind must not slow the others down: they are repaired when the others have finished.
    if (receiver.counted()) queue_.on_gaps(report.gaps, highest, queue_.segments());
    // Then a late receiver's own window is the only bound: there is no credit set.
    if (finished_) queue_.on_gaps(report.gaps, highest, receiver.window);
}

// False: for a while it has been sent all that it asks for, and has not got a single segment of it.
bool ObjectSender::gains(Step& step, TrackedReceiver& receiver, const wire::Report& report) const {
    const bool more = std::min(report.have, queue_.segments()) > receiver.have;
    const bool our_turn = queue_.repairs_waiting() > 0 || paused_;
    const bool under_way = queue_.first_pass() < queue_.segments() || receiver.reached < flow_->count();
    if (more || our_turn || (under_way && report.gaps.empty())) receiver.gained_at = step.now;
    return step.now - receiver.gained_at < limits::no_gain_after;
}

void ObjectSender::on_reached(Step& step, const SessionId& from, std::uint64_t ordinal) {
    TrackedReceiver* const receiver = receivers_.find(from);
    if (receiver == nullptr || !receiver->counted() || ordinal <= receiver->reached) return;
    receiver->reached = ordinal;
    arm(step.now, receivers_.sum_up());
}

// --- who counts

void ObjectSender::change(Step& step, TrackedReceiver& receiver, ReceiverPhase phase) {
    if (receiver.phase == phase) return;
    receiver.phase = phase;
    if (phase != ReceiverPhase::gone) {
        step.events.emplace_back(ReceiverChanged{setup_.object, setup_.transfer, receiver.id, phase});
    }
}

void ObjectSender::on_receiver_gone(Step& step, const SessionId& session) {
    TrackedReceiver* const receiver = receivers_.find(session);
    if (receiver == nullptr || receiver->phase == ReceiverPhase::complete) return;
    change(step, *receiver, ReceiverPhase::gone);
    settle(step);
}

void ObjectSender::set_essential(std::optional<NodeId> node) {
    if (finished_ || node == essential_) return;
    essential_ = node;
    paused_ = essential_busy();
    setup_at_ = TimePoint::min(); // another receiver matters: ask all of them where they stand
}

bool ObjectSender::essential_busy() {
    if (!essential_) return false;
    const TrackedReceiver* const receiver = receivers_.find(*essential_);
    return receiver != nullptr && receiver->phase == ReceiverPhase::busy;
}

void ObjectSender::leave_silent_behind(Step& step) {
    for (TrackedReceiver& receiver : receivers_.all()) {
        if (!receiver.counted() || receiver.unanswered < limits::polls_before_left_behind) continue;
        if (step.now - receiver.silent_since >= limits::left_behind_after) {
            change(step, receiver, ReceiverPhase::left_behind);
        }
    }
}

void ObjectSender::count_unanswered(Step& step) {
    for (TrackedReceiver& receiver : receivers_.all()) {
        if (receiver.unanswered++ == 0) receiver.silent_since = step.now;
    }
}

// After anything about the receivers changed.
void ObjectSender::settle(Step& step) {
    const bool progress = receivers_.sum_up();
    const bool was_paused = paused_;
    paused_ = !finished_ && essential_busy();
    if (paused_ && !was_paused) setup_at_ = step.now + setup_interval_;
    tell_progress(step);
    if (!finished_ && receivers_.counted() == 0 && !paused_) return finish(step);
    arm(step.now, progress);
}

void ObjectSender::finish(Step& step) {
    finished_ = true;
    queue_.stop();
    setup_at_ = poll_at_ = never;
    step.events.emplace_back(
        SendFinished{setup_.object, setup_.transfer, receivers_.complete(), sent_, queue_.repairs()});
}

void ObjectSender::tell_progress(Step& step) {
    const std::uint32_t least = receivers_.least();
    if (finished_ || least <= told_) return;
    told_ = least;
    const SendProgress progress{setup_.object, setup_.transfer,
                                std::min(layout_.offset_of(least), layout_.total_bytes), layout_.total_bytes};
    auto* const before = step.events.empty() ? nullptr : std::get_if<SendProgress>(&step.events.back());
    if (before != nullptr && before->transfer == progress.transfer) {
        *before = progress;
    } else {
        step.events.emplace_back(progress);
    }
}

// --- time

void ObjectSender::arm(TimePoint now, bool progress) {
    if (finished_) return;
    if (receivers_.unheard() == 0 && !paused_) setup_at_ = never;
    const bool can_send = waiting() > 0 && credit() > 0;
    if (can_send || paused_) {
        poll_at_ = never;
    } else if (progress || poll_at_ == never) {
        poll_interval_ = limits::poll_first;
        poll_at_ = now + poll_interval_;
    }
}

void ObjectSender::on_deadline(Step& step) {
    const bool poll_due = poll_at_ <= step.now;
    if (finished_ || (!poll_due && setup_at_ > step.now)) return;
    if (deadline() < step.now - limits::left_behind_after / 2) {
        // We were the ones who slept: the answers may be waiting in our own socket.
        for (TrackedReceiver& receiver : receivers_.all()) receiver.unanswered = 0;
    }
    leave_silent_behind(step);
    settle(step);
    if (finished_) return;

    const bool setup_due = setup_at_ <= step.now;
    if (setup_due || (poll_due && receivers_.unheard() > 0)) send_setup(step);
    if (poll_due || repairs_only_) send_poll(step);
    count_unanswered(step);
    if (setup_due) setup_interval_ = std::min<Duration>(setup_interval_ * 2, limits::setup_repeat_max);
    if (poll_due) {
        poll_interval_ = std::min<Duration>(poll_interval_ * 2, limits::poll_max);
        poll_at_ = step.now + poll_interval_;
    }
    arm(step.now, false);
}

// --- sending

std::size_t ObjectSender::credit() const {
    if (paused_) return 0;
    if (finished_) return queue_.waiting(); // bounded when it was queued
    const std::uint64_t under_way = flow_->count() - receivers_.slowest();
    return receivers_.window() > under_way ? static_cast<std::size_t>(receivers_.window() - under_way) : 0;
}

std::size_t ObjectSender::emit(Step& step, std::size_t most) {
    const std::size_t allowed = credit();
    const std::size_t count = std::min({most, allowed, waiting()});
    const std::uint32_t interval = report_interval(receivers_.window());
    const std::uint64_t repairs_before = queue_.repairs();
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t segment = queue_.take();
        // Ask for a report when nothing else would bring one: at the end, and where credit ends, unless one
        // was asked for so recently that receivers report by themselves.
        const bool ask = waiting() == 0 || (i + 1 == allowed && since_asked_ + 1 >= interval);
        since_asked_ = ask ? 0 : since_asked_ + 1;
        const ByteView bytes = bytes_.view().subspan(layout_.offset_of(segment), layout_.size_of(segment));
        const std::uint64_t number = push(step, wire::Data{setup_.transfer, segment, ask, bytes});
        queue_.sent(segment, number);
        flow_->sent_data(number);
    }
    sent_ += count;
    step.counters.data_sent += count;
    step.counters.repairs_sent += queue_.repairs() - repairs_before;
    arm(step.now, count > 0);
    return count;
}

void ObjectSender::abandon(Step& step) { push(step, wire::Abandon{setup_.transfer, setup_.object}); }

void ObjectSender::send_setup(Step& step) {
    flow_->sent_control(push(step, setup_));
    ++step.counters.setups_sent;
    setup_at_ = step.now + setup_interval_;
}

void ObjectSender::send_poll(Step& step) {
    flow_->sent_control(push(step, wire::Poll{setup_.transfer, queue_.first_pass()}));
    ++step.counters.polls_sent;
}

std::uint64_t ObjectSender::push(Step& step, wire::Message message) {
    return unicast_to_ ? step.out.to(*unicast_to_, std::move(message))
                       : step.out.to_data_group(std::move(message));
}

} // namespace cp::transfer
