// The one place that reads a clock: CLOCK_MONOTONIC, which neither jumps nor runs backwards. Everything below
// the shells gets `now` as an argument.
#pragma once

#include "base/time.hpp"

namespace cp::net {

[[nodiscard]] inline TimePoint now() noexcept { return std::chrono::steady_clock::now(); }

} // namespace cp::net
