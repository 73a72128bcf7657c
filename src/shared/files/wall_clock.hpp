// The time of day, for names, logs and what is kept. Never for how long something takes: it may be set.
#pragma once

#include <chrono>
#include <cstdint>

namespace cp {

[[nodiscard]] inline std::uint64_t unix_millis() {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                          std::chrono::system_clock::now().time_since_epoch())
                                          .count());
}

[[nodiscard]] inline std::uint64_t unix_seconds() { return unix_millis() / 1000; }

} // namespace cp
