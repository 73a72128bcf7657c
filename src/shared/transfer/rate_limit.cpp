#include "transfer/rate_limit.hpp"

#include <algorithm>
#include <limits>

namespace cp::transfer {
namespace {

// In one go: a timer wakes us a millisecond late, and what was not sent meanwhile is not lost.
constexpr Duration burst = std::chrono::milliseconds{4};
constexpr std::uint64_t second = std::chrono::nanoseconds{std::chrono::seconds{1}}.count();

} // namespace

Duration RateLimit::time_of(std::uint64_t bytes) const {
    return std::chrono::nanoseconds{static_cast<std::int64_t>(bytes * second / rate_)};
}

std::uint64_t RateLimit::allowance(TimePoint now) const {
    if (!limits()) return std::numeric_limits<std::uint64_t>::max();
    const Duration free = now + burst - std::max(paid_until_, now);
    if (free <= Duration{}) return 0;
    return static_cast<std::uint64_t>(std::chrono::nanoseconds{free}.count()) * rate_ / second;
}

void RateLimit::spend(TimePoint now, std::uint64_t bytes) {
    if (limits()) paid_until_ = std::max(paid_until_, now) + time_of(bytes);
}

TimePoint RateLimit::when(std::uint64_t bytes) const {
    // No later than when a whole burst is allowed: waiting longer saves up nothing.
    return paid_until_ + std::min(time_of(bytes), burst) - burst;
}

} // namespace cp::transfer
