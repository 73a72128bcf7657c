// How many requests one address may make: a bucket of `burst` tokens that fills at `per_second`. At most
// 4096 addresses are remembered; when they are full, the one that was silent longest is forgotten, which can
// only be too kind. Not thread-safe, no clock.
#pragma once

#include "base/token_bucket.hpp"

#include <cstdint>
#include <unordered_map>

namespace cp::web {

class RateLimit {
public:
    static constexpr std::size_t addresses_max = 4096;

    RateLimit(double per_second, double burst) : per_second_{per_second}, burst_{burst} {}

    [[nodiscard]] bool pass(TimePoint now, std::uint32_t address);

private:
    void make_room(TimePoint now);

    double per_second_;
    double burst_;
    std::unordered_map<std::uint32_t, TokenBucket> buckets_;
};

} // namespace cp::web
