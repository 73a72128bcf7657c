#include "web/rate_limit.hpp"

#include <algorithm>
#include <chrono>

namespace cp::web {

// First those that are full again: forgetting them changes nothing.
void RateLimit::make_room(TimePoint now) {
    const Duration full =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(burst_ / per_second_));
    std::erase_if(buckets_, [&](const auto& pair) { return now - pair.second.asked() >= full; });
    if (buckets_.size() < addresses_max) return;
    buckets_.erase(
        std::ranges::min_element(buckets_, {}, [](const auto& pair) { return pair.second.asked(); }));
}

bool RateLimit::pass(TimePoint now, std::uint32_t address) {
    auto found = buckets_.find(address);
    if (found == buckets_.end()) {
        if (buckets_.size() >= addresses_max) make_room(now);
        found = buckets_.emplace(address, TokenBucket{burst_, per_second_}).first;
    }
    return found->second.take(now);
}

} // namespace cp::web
