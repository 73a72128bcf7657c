#include "transfer/patience.hpp"

#include <algorithm>

namespace cp::transfer {

// Never charged with more than a few polls at a time: when we were the ones who slept, it may have answered
// meanwhile.
void Patience::count(CreditSet& receivers, TimePoint now) {
    TrackedReceiver* const laggard = held_up_ ? receivers.laggard() : nullptr;
    if (laggard != nullptr) laggard->held += std::min<Duration>(now - counted_until_, 4 * limits::poll_max);
    counted_until_ = now;
}

void Patience::asked(CreditSet& receivers, TimePoint now) {
    for (TrackedReceiver& receiver : receivers.all()) {
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
        if (now - receiver.silent_since >= limits::left_behind_after) found.push_back(&receiver);
    }
    return found;
}

TrackedReceiver* Patience::too_slow(CreditSet& receivers, TimePoint now,
                                    std::optional<NodeId> essential) const {
    TrackedReceiver* const laggard = receivers.laggard();
    if (laggard == nullptr || laggard->held < limits::hold_max + (now - begun_) / limits::hold_share)
        return nullptr;
    const bool asked_enough =
        laggard->unanswered == 0 || laggard->unanswered >= limits::polls_before_hold_ends;
    return asked_enough && laggard->id.node != essential ? laggard : nullptr;
}

} // namespace cp::transfer
