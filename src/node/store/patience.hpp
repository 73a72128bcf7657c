// When to try again, and when to stop trying for a while. Pure: time and chance come in.
#pragma once

#include "base/rng.hpp"
#include "base/time.hpp"

namespace cp::store {

struct RetryPlan {
    int tries = 4;
    Duration first = std::chrono::milliseconds{100};
    Duration longest = std::chrono::seconds{5};
    Duration whole = std::chrono::seconds{20}; // no try begins later
};

// Before try `number` (1 is the second): exponential with full jitter, so that nodes that failed together do
// not return together. At least `wanted`, what the server asked for, up to `longest`.
[[nodiscard]] Duration backoff(const RetryPlan&, int number, Duration wanted, Rng&);

// After several failures in a row nobody asks for a while; then one may look. Not thread-safe.
class CircuitBreaker {
public:
    static constexpr int failures_max = 5;
    static constexpr Duration first_pause = std::chrono::seconds{1};
    static constexpr Duration longest_pause = std::chrono::seconds{30};

    // Whether a request may go out now. After a pause one, and the next after another pause unless that one
    // succeeded.
    [[nodiscard]] bool admit(TimePoint now);
    void succeeded();
    void failed(TimePoint now);
    [[nodiscard]] bool open() const { return open_until_ != TimePoint::min(); }
    // How long nobody needs to ask; 0 when one may.
    [[nodiscard]] Duration pause(TimePoint now) const;

private:
    int failures_ = 0;
    Duration pause_ = first_pause;
    TimePoint open_until_ = TimePoint::min();
    bool looking_ = false; // one was let through after a pause
};

} // namespace cp::store
