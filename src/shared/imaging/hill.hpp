// HILL: what it costs to change a sample, by how much its surroundings hide it (B. Li, M. Wang, J. Huang,
// X. Li, "A new cost function for spatial image steganography", ICIP 2014). A high-pass filter, a 3x3 mean,
// the reciprocal, a 15x15 mean.
//
// In integers, so that every processor and compiler finds the same costs. Pure; strips go through `spread`.
#pragma once

#include "imaging/parallel_for.hpp"
#include "imaging/picture.hpp"

#include <cstdint>
#include <vector>

namespace cp::imaging {

// One byte per colour sample, in the picture's order: 16 steps per factor of two, as hill_value() tells.
// `hill_wet`: flat surroundings, where a change can be seen.
[[nodiscard]] std::vector<std::uint8_t> hill_costs(const Picture&, const ParallelFor& spread);

inline constexpr std::uint8_t hill_wet = 255;

// The cost behind a byte, in units that mean nothing by themselves.
[[nodiscard]] constexpr std::uint32_t hill_value(std::uint8_t code) {
    return (16U + (code & 15U)) << (code >> 4U);
}

} // namespace cp::imaging
