// Time as a value. There is no clock here: the shell reads one (net/clock.hpp) and passes `now` down, so a
// test or the simulator moves time by assigning it.
#pragma once

#include <chrono>

namespace cp {

using Duration = std::chrono::nanoseconds;
// Since an arbitrary start, monotonic within one process. Never compared between machines.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

inline constexpr TimePoint never = TimePoint::max(); // a deadline that is not pending

[[nodiscard]] constexpr std::int64_t to_ms(Duration d) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}

} // namespace cp
