#include "transfer/patience.hpp"

#include <algorithm>

namespace cp::transfer {
namespace {

// As long as that, and for longer than its answers take.
bool silent_for(const TrackedReceiver& receiver, TimePoint now, Duration time) {
    return now - receiver.silent_since >= std::max(time, 2 * receiver.path.delay());
}

} // namespace

// Never charged with more than a few polls at a time: when we were the ones who slept, it may have answered
// meanwhile.
void Patience::count(CreditSet& receivers, TimePoint now) {
    TrackedReceiver* const laggard = held_up_ ? receivers.laggard() : nullptr;
    if (laggard != nullptr) {
        const Duration forgiven = (counted_until_ - laggard->held_until) / limits::hold_leak;
        laggard->held = std::max(laggard->held - forgiven, Duration{}) +
                        std::min<Duration>(now - counted_until_, 4 * limits::poll_max);
        laggard->held_until = now;
    }
    counted_until_ = now;
}

// While some report for all, the others' silence means nothing.
void Patience::asked(CreditSet& receivers, TimePoint now) {
    const bool represented = std::ranges::any_of(
        receivers.all(), [](const TrackedReceiver& r) { return r.reports && r.counted(); });
    for (TrackedReceiver& receiver : receivers.all()) {
        if (represented && !receiver.reports) continue;
        if (receiver.unanswered++ == 0) receiver.silent_since = now;
    }
}

void Patience::slept(CreditSet& receivers) {
    for (TrackedReceiver& receiver : receivers.all()) receiver.unanswered = 0;
}

std::vector<TrackedReceiver*> Patience::silent(CreditSet& receivers, TimePoint now) {
    std::vector<TrackedReceiver*> found;
    for (TrackedReceiver& receiver : receivers.all()) {
        const int enough = limits::polls_before_left_behind + (receiver.reports ? 0 : limits::sample_rounds);
        if (!receiver.counted() || receiver.unanswered < enough) continue;
        if (silent_for(receiver, now, limits::left_behind_after)) found.push_back(&receiver);
    }
    return found;
}

TrackedReceiver* Patience::too_slow(CreditSet& receivers, TimePoint now,
                                    std::optional<NodeId> essential) const {
    TrackedReceiver* const laggard = receivers.laggard();
    if (laggard == nullptr || laggard->held < limits::hold_max) return nullptr;
    const bool silent =
        laggard->unanswered >= limits::polls_before_hold_ends && silent_for(*laggard, now, {});
    const bool slow = laggard->unanswered == 0 && !receivers.keeps_up(*laggard);
    return (silent || slow) && laggard->id.node != essential ? laggard : nullptr;
}

} // namespace cp::transfer
