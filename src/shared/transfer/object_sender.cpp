#include "transfer/object_sender.hpp"

#include "base/check.hpp"
#include "transfer/feedback.hpp"
#include "transfer/setup_parts.hpp"

#include <algorithm>
#include <utility>

namespace cp::transfer {
namespace {

CreditSet credit_set_of(const SendSpec& spec, const Flow& flow) {
    const std::uint32_t window = first_window(spec.segment_bytes);
    if (spec.unicast_to) return {{Receiver{NodeId{}, *spec.unicast_to}}, flow.count(), window};
    return {spec.receivers, flow.count(), window};
}

// What decoding may cost is bounded by the sender, who knows how much parity there is.
std::uint32_t parity_max(const ObjectLayout& layout) {
    const std::size_t block_bytes = std::size_t{limits::segments_per_block} * layout.segment_bytes;
    return static_cast<std::uint32_t>(
        std::min(limits::parity_per_block_max, limits::parity_work_max / block_bytes));
}

// Whole segments, and the last one if it is there.
std::uint32_t segments_in(std::uint64_t bytes, const ObjectLayout& layout) {
    return bytes >= layout.total_bytes ? layout.segments()
                                       : static_cast<std::uint32_t>(bytes / layout.segment_bytes);
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
      unicast_to_{spec.unicast_to}, essential_{spec.essential},
      repairs_only_{spec.repairs_only}, flow_{std::move(flow)}, receivers_{credit_set_of(spec, *flow_)},
      queue_{layout_.segments(), repairs_only_, parity_max(layout_)}, patience_{step.now},
      setup_interval_{limits::setup_repeat_first}, poll_interval_{limits::poll_first} {
    CP_CHECK(!repairs_only_ || !spec.ready_bytes);
    CP_CHECK(receivers_.counted() > 0 && receivers_.counted() <= limits::credit_set_max);
    if (spec.ready_bytes) queue_.set_ready(segments_in(*spec.ready_bytes, layout_));
    send_setup(step);
    if (!receivers_.sampled()) send_setup(step); // whoever lost it could place nothing of the first flight
    if (repairs_only_) send_poll(step);
    arm(step.now, true);
}

// --- who counts

void ObjectSender::change(Step& step, TrackedReceiver& receiver, ReceiverPhase phase) {
    if (receiver.phase == phase) return;
    const ReceiverPhase before = std::exchange(receiver.phase, phase);
    if (phase == ReceiverPhase::left_behind) flow_->congestion().forgive();
    if (phase != ReceiverPhase::gone) {
        step.events.emplace_back(ReceiverChanged{setup_.object, setup_.transfer, receiver.id, phase, before});
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

void ObjectSender::set_ready(Step& step, std::uint64_t bytes) {
    queue_.set_ready(segments_in(bytes, layout_));
    arm(step.now, false); // however often this comes, whoever is silent is asked in time
}

bool ObjectSender::essential_busy() {
    if (!essential_) return false;
    const TrackedReceiver* const receiver = receivers_.find(*essential_);
    return receiver != nullptr && receiver->phase == ReceiverPhase::busy;
}

// After anything about the receivers changed.
void ObjectSender::settle(Step& step) {
    limit_window();
    bool progress = receivers_.sum_up();
    if (receivers_.counted() > 0) flow_->congestion().reached(step.now, receivers_.slowest());
    if (auto* const slow = patience_.too_slow(receivers_, step.now, essential_)) {
        change(step, *slow, ReceiverPhase::left_behind);
    }
    progress = receivers_.sum_up() || progress;
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
    begin_late(step);
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
    patience_.count(receivers_, now, waiting() > 0 && !can_send && !paused_);
    if (can_send || paused_) {
        poll_at_ = never;
    } else if (progress || poll_at_ == never) {
        poll_interval_ = limits::poll_first;
        poll_at_ = now + receivers_.soonest() + poll_interval_;
    }
}

void ObjectSender::on_deadline(Step& step) {
    const bool poll_due = poll_at_ <= step.now;
    if (!poll_due && setup_at_ > step.now) return;
    if (finished_) return ask_late(step);
    if (deadline() < step.now - limits::left_behind_after / 2) {
        // We were the ones who slept: the answers may be waiting in our own socket.
        Patience::slept(receivers_);
    }
    patience_.count(receivers_, step.now);
    for (TrackedReceiver* const silent : Patience::silent(receivers_, step.now)) {
        change(step, *silent, ReceiverPhase::left_behind);
    }
    settle(step);
    if (finished_) return;

    const bool setup_due = setup_at_ <= step.now;
    if (setup_due || (poll_due && receivers_.unheard() > 0)) send_setup(step);
    if (poll_due || repairs_only_) send_poll(step);
    Patience::asked(receivers_, step.now);
    if (setup_due) setup_interval_ = std::min<Duration>(setup_interval_ * 2, limits::setup_repeat_max);
    if (poll_due) {
        poll_interval_ = std::min<Duration>(poll_interval_ * 2, limits::poll_max);
        poll_at_ = step.now + poll_interval_;
    }
    arm(step.now, false);
}

// --- asking

void ObjectSender::send_setup(Step& step) {
    for (wire::Setup& setup : setup_parts(setup_, receivers_)) {
        flow_->sent_control(push(step, std::move(setup)));
        ++step.counters.setups_sent;
    }
    setup_at_ = step.now + setup_interval_;
}

void ObjectSender::send_poll(Step& step) {
    const std::uint64_t number = push(step, wire::Poll{setup_.transfer, queue_.first_pass()});
    flow_->sent_control(number);
    questions_.asked(number);
    ++step.counters.polls_sent;
}

void ObjectSender::abandon(Step& step) { push(step, wire::Abandon{setup_.transfer, setup_.object}); }

std::uint64_t ObjectSender::push(Step& step, wire::Message message) {
    return unicast_to_ ? step.out.to(*unicast_to_, std::move(message))
                       : step.out.to_data_group(std::move(message));
}

} // namespace cp::transfer
