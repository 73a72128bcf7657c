// Which segments of one object are here, and what each block of 128 misses. One bit a segment and one byte a
// block; every operation touches one block, only gaps() walks, over blocks. Not thread-safe.
#pragma once

#include "wire/messages.hpp"

#include <bit>
#include <cstdint>
#include <vector>

namespace cp::transfer {

class SegmentMap {
public:
    explicit SegmentMap(std::uint32_t segments);

    // False: it was here already. REQUIRES: segment < count().
    bool mark(std::uint32_t segment);
    [[nodiscard]] bool has(std::uint32_t segment) const {
        return (present_[segment / word_bits] >> (segment % word_bits) & 1U) != 0;
    }
    [[nodiscard]] std::uint32_t count() const { return count_; }
    [[nodiscard]] std::uint32_t have() const { return have_; }
    [[nodiscard]] bool complete() const { return have_ == count_; }

    [[nodiscard]] std::uint32_t blocks() const { return static_cast<std::uint32_t>(missing_.size()); }
    // Segments that the block misses; parity that was stored for it does not count as them.
    [[nodiscard]] std::uint32_t missing(std::uint32_t block) const { return missing_[block]; }
    // One of the block's missing segments need not come any more: a parity segment stands for it.
    void cover(std::uint32_t block) { ++covered_[block]; }
    [[nodiscard]] std::uint32_t covered(std::uint32_t block) const { return covered_[block]; }

    // What has to come below `end`, lowest blocks first, at most `most` blocks. Of a block that misses m
    // segments and holds n parity segments, the first m - n.
    [[nodiscard]] std::vector<wire::BlockGap> gaps(std::uint32_t end, std::size_t most) const;

private:
    static constexpr std::uint32_t word_bits = 64;
    static constexpr std::uint32_t block_words = limits::segments_per_block / word_bits;
    static_assert(limits::segments_per_block == block_words * word_bits);

    std::uint32_t count_;
    std::uint32_t have_ = 0;
    std::uint32_t first_open_ = 0; // every block below it is whole
    std::vector<std::uint64_t> present_;
    std::vector<std::uint8_t> missing_; // segments, by block
    std::vector<std::uint8_t> covered_; // of them, by parity
    static_assert(limits::segments_per_block <= 255);
};

// Calls `f(segment)` for each segment that the gap names. The gap may come from a peer: the number may be
// beyond the object.
template <class F>
void for_each_missing(const wire::BlockGap& gap, F&& f) {
    const auto base = gap.block * static_cast<std::uint32_t>(limits::segments_per_block);
    for (std::uint32_t byte = 0; byte < gap.missing.size(); ++byte) {
        for (auto bits = std::to_integer<unsigned>(gap.missing[byte]); bits != 0; bits &= bits - 1) {
            f(base + byte * 8 + static_cast<std::uint32_t>(std::countr_zero(bits)));
        }
    }
}

} // namespace cp::transfer
