// A seeded generator that is passed in: jitter and simulation only. Secrets (sessions, seeds, challenges) are
// drawn at the edge from the operating system and passed down as values.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <random>

namespace cp {

class Rng {
public:
    explicit Rng(std::uint64_t seed) : engine_{seed} {}

    [[nodiscard]] std::uint64_t next() { return engine_(); }
    // Uniform in [0, bound); 0 when bound is 0. The modulo bias at 64 bits is of no consequence here.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : engine_() % bound; }
    [[nodiscard]] bool chance(double probability) { return unit() < probability; }
    [[nodiscard]] double unit() { return static_cast<double>(engine_() >> 11U) * 0x1p-53; } // [0, 1)
    [[nodiscard]] Duration between(Duration low, Duration high) {                           // both included
        return low + Duration{static_cast<std::int64_t>(
                         below(static_cast<std::uint64_t>((high - low).count()) + 1))};
    }

private:
    std::mt19937_64 engine_;
};

} // namespace cp
