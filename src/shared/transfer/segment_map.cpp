#include "transfer/segment_map.hpp"

#include <algorithm>

namespace cp::transfer {
namespace {

constexpr std::uint32_t block_size = limits::segments_per_block;

// Takes the last `count` bits out. The first ones stay: they were sent first, so they are lost for sure.
void drop_last(wire::BlockGap& gap, std::uint32_t count) {
    for (std::size_t at = gap.missing.size(); at-- > 0 && count > 0;) {
        auto bits = std::to_integer<unsigned>(gap.missing[at]);
        for (; bits != 0 && count > 0; --count) bits &= ~std::bit_floor(bits);
        gap.missing[at] = static_cast<std::byte>(bits);
    }
}

constexpr std::uint32_t blocks_of(std::uint32_t segments) { return (segments + block_size - 1) / block_size; }

} // namespace

SegmentMap::SegmentMap(std::uint32_t segments)
    : count_{segments}, present_(std::size_t{blocks_of(segments)} * block_words),
      missing_(blocks_of(segments), std::uint8_t{block_size}), covered_(blocks_of(segments)) {
    if (segments % block_size != 0) missing_.back() = static_cast<std::uint8_t>(segments % block_size);
}

bool SegmentMap::mark(std::uint32_t segment) {
    std::uint64_t& word = present_[segment / word_bits];
    const std::uint64_t bit = std::uint64_t{1} << (segment % word_bits);
    if ((word & bit) != 0) return false;
    word |= bit;
    ++have_;
    --missing_[segment / block_size];
    while (first_open_ < missing_.size() && missing_[first_open_] == 0) ++first_open_;
    return true;
}

std::vector<wire::BlockGap> SegmentMap::gaps(std::uint32_t end, std::size_t most) const {
    std::vector<wire::BlockGap> found;
    end = std::min(end, count_);
    for (std::uint32_t block = first_open_; block * block_size < end && found.size() < most; ++block) {
        if (missing_[block] <= covered_[block]) continue;
        wire::BlockGap gap{block, {}};
        std::uint32_t absent_in_all = 0;
        const std::uint32_t in_block = std::min(block_size, end - block * block_size);
        for (std::uint32_t word = 0; word * word_bits < in_block; ++word) {
            const std::uint32_t bits = in_block - word * word_bits;
            const std::uint64_t wanted =
                bits >= word_bits ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
            const std::uint64_t absent = ~present_[block * block_words + word] & wanted;
            absent_in_all += static_cast<std::uint32_t>(std::popcount(absent));
            for (std::uint32_t byte = 0; byte < 8; ++byte) {
                gap.missing[word * 8 + byte] = static_cast<std::byte>(absent >> (byte * 8));
            }
        }
        if (absent_in_all <= covered_[block]) continue;
        drop_last(gap, covered_[block]);
        found.push_back(gap);
    }
    return found;
}

} // namespace cp::transfer
