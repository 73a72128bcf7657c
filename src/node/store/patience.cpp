#include "store/patience.hpp"

#include <algorithm>

namespace cp::store {

Duration backoff(const RetryPlan& plan, int number, Duration wanted, Rng& rng) {
    Duration most = plan.first;
    for (int i = 1; i < number && most < plan.longest; ++i) most *= 2;
    most = std::min(most, plan.longest);
    return std::max(rng.between(Duration::zero(), most), std::min(wanted, plan.longest));
}

bool CircuitBreaker::admit(TimePoint now) {
    if (!open()) return true;
    if (now < open_until_) return false;
    looking_ = true;
    open_until_ = now + pause_; // the others wait once more, in case this one never comes back
    return true;
}

void CircuitBreaker::succeeded() { *this = {}; }

void CircuitBreaker::failed(TimePoint now) {
    if (open()) {
        if (!looking_) return; // it was on its way already when others failed
        looking_ = false;
        pause_ = std::min(2 * pause_, longest_pause);
    } else if (++failures_ < failures_max) {
        return;
    }
    open_until_ = now + pause_;
}

Duration CircuitBreaker::pause(TimePoint now) const {
    return open() && open_until_ > now ? open_until_ - now : Duration::zero();
}

} // namespace cp::store
