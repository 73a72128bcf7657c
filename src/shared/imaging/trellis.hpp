// Syndrome-trellis codes: which bits to change so that a parity-check matrix turns them into the message, at
// the least cost (T. Filler, J. Judas, J. Fridrich, "Minimizing additive distortion in steganography using
// syndrome-trellis codes", IEEE TIFS 6(3), 2011). The Viterbi algorithm over 2^height states.
//
// Message bit i is the parity of some of the bits before the end of block i; the blocks share all bits as
// evenly as whole numbers can: block i is [i n / m, (i + 1) n / m). docs/formats.md has the columns.
// Costs are whole numbers, sums saturate: every processor finds the same path.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cp::imaging {

// The largest cost of a change. Higher ones are as bad as this.
inline constexpr std::uint16_t trellis_cost_max = 4095;

[[nodiscard]] constexpr bool is_trellis_height(unsigned height) { return height == 8 || height == 10; }

// Finds paths; keeps its memory (2^height / 8 bytes a bit) for the next one. Not thread-safe.
class TrellisEncoder {
public:
    explicit TrellisEncoder(unsigned height); // REQUIRES: is_trellis_height(height)

    // `bits`: 0 or 1 each, in: as they are, out: as they have to be. `message`: 0 or 1 each.
    // REQUIRES: costs as many as bits and at most trellis_cost_max; a message not longer than bits.
    void embed(std::span<std::uint8_t> bits, std::span<const std::uint16_t> costs,
               std::span<const std::uint8_t> message);

private:
    unsigned height_;
    std::vector<std::uint8_t> paths_;
};

// REQUIRES: is_trellis_height(height), a message not longer than bits.
void trellis_extract(unsigned height, std::span<const std::uint8_t> bits, std::span<std::uint8_t> message);

} // namespace cp::imaging
