// The clock of the protocol: the only one that a core's `now` comes from. The time of day is
// files/wall_clock.hpp.
//
// CLOCK_BOOTTIME: never runs backwards, and goes on while the machine is suspended, so that a node notices
// that it was away. Timers run on CLOCK_MONOTONIC; give them durations (`at - now()`), never time points.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <ctime>

namespace cp::net {

[[nodiscard]] inline TimePoint now() noexcept {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return TimePoint{std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec}};
}

// How long a timer waits for `at`: from not at all to an hour, since a timer cannot wait for `never`.
[[nodiscard]] inline Duration wait_until(TimePoint at) noexcept {
    const TimePoint here = now();
    return std::clamp(at, here, here + std::chrono::hours{1}) - here;
}

} // namespace cp::net
