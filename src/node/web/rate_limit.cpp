#include "web/rate_limit.hpp"

#include <algorithm>
#include <chrono>

namespace cp::web {

// First those that are full again: forgetting them changes nothing.
void RateLimit::make_room(TimePoint now) {
    const Duration full =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(burst_ / per_second_));
    std::erase_if(buckets_, [&](const auto& pair) { return now - pair.second.at >= full; });
    if (buckets_.size() < addresses_max) return;
    buckets_.erase(std::ranges::min_element(buckets_, {}, [](const auto& pair) { return pair.second.at; }));
}

bool RateLimit::pass(TimePoint now, std::uint32_t address) {
    auto found = buckets_.find(address);
    if (found == buckets_.end()) {
        if (buckets_.size() >= addresses_max) make_room(now);
        found = buckets_.emplace(address, Bucket{burst_, now}).first;
    }
    Bucket& bucket = found->second;
    const std::chrono::duration<double> since = now - bucket.at;
    bucket.tokens = std::min(burst_, bucket.tokens + since.count() * per_second_);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
}

} // namespace cp::web
