// How much may happen at once, and how fast it may go on: `most` tokens that fill at `per_second` (ITU-T
// I.371). Not thread-safe; no clock.
#pragma once

#include "base/time.hpp"

#include <algorithm>

namespace cp {

class TokenBucket {
public:
    TokenBucket(double most, double per_second) : most_{most}, per_second_{per_second}, tokens_{most} {}

    // One token; false: there is none.
    [[nodiscard]] bool take(TimePoint now) {
        const double seconds = std::max(0.0, std::chrono::duration<double>(now - at_).count());
        tokens_ = std::min(most_, tokens_ + seconds * per_second_);
        at_ = now;
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }
    void give_back() { tokens_ = std::min(most_, tokens_ + 1); }
    [[nodiscard]] TimePoint asked() const { return at_; } // last

private:
    double most_;
    double per_second_;
    double tokens_;
    TimePoint at_{};
};

} // namespace cp
