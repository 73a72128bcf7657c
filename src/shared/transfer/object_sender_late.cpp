// ObjectSender, after its finish: those that were left behind catch up. A receiver has no timer, so it is the
// sender that asks, as long as answers come and something is gained; there is no credit set any more, each
// has its own window.
#include "transfer/object_sender.hpp"

#include <algorithm>

namespace cp::transfer {
namespace {

bool asked(const TrackedReceiver& receiver, TimePoint now) {
    return receiver.phase == ReceiverPhase::left_behind && receiver.unanswered < limits::late_polls &&
           now - receiver.gained_at < limits::no_gain_after;
}

} // namespace

void ObjectSender::begin_late(Step& step) {
    setup_at_ = poll_at_ = never;
    for (TrackedReceiver& receiver : receivers_.all()) {
        if (receiver.phase != ReceiverPhase::left_behind) continue;
        receiver.unanswered = 0;
        receiver.gained_at = step.now;
        arm_late(step.now);
    }
}

// No more is under way to it than its window holds.
void ObjectSender::repair_late(Step& step, const TrackedReceiver& receiver, const wire::Report& report,
                               const LossView& view) {
    const std::uint64_t under_way = flow_->count() - receiver.reached;
    if (receiver.window > under_way) {
        queue_.on_gaps(report.gaps, view, static_cast<std::size_t>(receiver.window - under_way), false);
    }
    arm_late(step.now);
}

// One of them has spoken, or was sent something: the next word is theirs for a while.
void ObjectSender::arm_late(TimePoint now) {
    const bool anybody = std::ranges::any_of(
        receivers_.all(), [now](const TrackedReceiver& receiver) { return asked(receiver, now); });
    poll_interval_ = limits::poll_first;
    poll_at_ = anybody ? now + poll_interval_ : never;
}

void ObjectSender::ask_late(Step& step) {
    bool anybody = false;
    bool strangers = false;
    for (const TrackedReceiver& receiver : receivers_.all()) {
        if (!asked(receiver, step.now)) continue;
        anybody = true;
        strangers = strangers || !receiver.heard;
    }
    poll_at_ = never;
    if (!anybody) return;
    if (strangers) send_setup(step);
    setup_at_ = never;
    send_poll(step);
    Patience::asked(receivers_, step.now);
    poll_interval_ = std::min<Duration>(poll_interval_ * 2, limits::late_poll_max);
    poll_at_ = step.now + poll_interval_;
}

} // namespace cp::transfer
