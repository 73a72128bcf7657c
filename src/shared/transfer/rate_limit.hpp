// How fast bulk may leave, when somebody has said so (network.max_rate): no more than the rate over any
// stretch longer than a few milliseconds. A bound for a cable that others need, on top of congestion control
// and no substitute for it. The virtual scheduling algorithm of ITU-T I.371 (GCRA): one time, no timer of its
// own. Bytes count as on the cable's IP layer. Not thread-safe; `now` never decreases.
#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace cp::transfer {

class RateLimit {
public:
    RateLimit() = default; // none
    // 0: none.
    explicit RateLimit(std::uint64_t bytes_per_second) : rate_{bytes_per_second} {}

    [[nodiscard]] bool limits() const { return rate_ != 0; }
    // Bytes that may leave now; if any, one datagram may, however large.
    [[nodiscard]] std::uint64_t allowance(TimePoint now) const;
    // They have left.
    void spend(TimePoint now, std::uint64_t bytes);
    // When `bytes` may leave, or as many as ever may at once.
    [[nodiscard]] TimePoint when(std::uint64_t bytes) const;

private:
    [[nodiscard]] Duration time_of(std::uint64_t bytes) const;

    std::uint64_t rate_ = 0;
    TimePoint paid_until_ = TimePoint::min(); // all that has left would have left by then, at the rate
};

} // namespace cp::transfer
