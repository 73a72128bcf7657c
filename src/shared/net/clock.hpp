// The one place that reads a clock. Everything below the shells gets `now` as an argument.
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

// How long a timer waits for `at`: an hour at most, since a timer cannot wait for `never`.
[[nodiscard]] inline Duration wait_until(TimePoint at) noexcept {
    return at == never ? std::chrono::hours{1} : std::min<Duration>(at - now(), std::chrono::hours{1});
}

} // namespace cp::net
