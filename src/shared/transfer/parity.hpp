// Reed-Solomon parity over GF(2^8) for one block of segments: any K of its K data and n parity segments give
// back the block. Systematic: data travels as it is, and whoever lost nothing never computes anything.
//
// Row i of the code has the coefficients 1 / ((128 + i) ^ j), a Cauchy matrix (ISA-L's gf_gen_cauchy1_matrix
// for K = 128), so every square part of it can be inverted, in closed form. A short block is a full one whose
// other segments are zero: one table of coefficients serves every shape. The vector work is ISA-L's.
// Pure; any thread may call, each with its own bytes.
#pragma once

#include "base/bytes.hpp"
#include "wire/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace cp::transfer {

using MutableByteView = std::span<std::byte>;

// Writes the parity segments [first, first + out.size() / segment_bytes). `block`: the data of one block, one
// segment after the other; a last one that is short counts as padded with zeros.
// REQUIRES: 1..128 segments of at least 1 byte, first + count <= limits::parity_per_block_max.
void encode_parity(ByteView block, std::size_t segment_bytes, unsigned first, MutableByteView out);

struct ParitySegment {
    std::uint8_t index = 0;
    ByteView bytes; // may lie within the block, where a missing segment belongs
};

// Fills in the segments of `block` that `missing` names (ascending), from the others and as many parity
// segments. `block` holds whole segments; what stands in the place of a missing one does not matter.
// False, and nothing changed, when the arguments contradict one another: a number out of range or twice, a
// size that is wrong, not one parity segment for each missing one. It cannot tell wrong bytes from right
// ones.
[[nodiscard]] bool decode_parity(MutableByteView block, std::size_t segment_bytes,
                                 std::span<const std::uint8_t> missing,
                                 std::span<const ParitySegment> parity);

} // namespace cp::transfer
