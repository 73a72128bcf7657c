// The samples of one picture in the order of a key: what lies between the bits of the steganography and the
// pixels. Private to it. Segments are independent: different threads may work on different ones.
#pragma once

#include "base/bytes.hpp"
#include "imaging/picture.hpp"
#include "imaging/sample_order.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace cp::imaging {

using Bits = std::vector<std::uint8_t>; // 0 or 1 each; the highest bit of a byte comes first

[[nodiscard]] Bits to_bits(ByteView);
[[nodiscard]] Bytes to_bytes(std::span<const std::uint8_t>);

// The colour samples where they are in memory. The picture outlives it.
class ColourSamples {
public:
    explicit ColourSamples(const Picture&);

    [[nodiscard]] std::uint8_t lowest_bit(std::uint64_t sample) const {
        return std::to_integer<std::uint8_t>(*low_byte(sample)) & 1U;
    }
    // Flips the lowest bit by +1 or -1: up when asked, but never over an end.
    void change(std::uint64_t sample, bool up) const;

private:
    [[nodiscard]] std::byte* low_byte(std::uint64_t sample) const {
        const std::uint64_t place =
            gapless_ ? sample : sample / colours_ * channels_ + sample % colours_; // alpha is a gap
        return samples_ + place * bytes_per_sample_;
    }

    std::byte* samples_;
    std::uint32_t colours_;
    std::uint32_t channels_;
    std::uint32_t bytes_per_sample_;
    bool gapless_;
};

// How the body's bits are shared out: by how many samples a segment has left behind the header.
class BodyShares {
public:
    BodyShares(const SampleOrder&, std::uint64_t bits);

    [[nodiscard]] std::size_t begin(std::uint32_t segment) const {
        return static_cast<std::size_t>(bits_ * samples_before_[segment] / samples_before_.back());
    }
    [[nodiscard]] std::size_t size(std::uint32_t segment) const {
        return begin(segment + 1) - begin(segment);
    }

private:
    std::uint64_t bits_;
    std::vector<std::uint64_t> samples_before_;
};

// Segments are worked on in groups of neighbours: in every round the samples of a group stand side by side.
struct SegmentGroup {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};
[[nodiscard]] std::uint32_t segment_groups(const SampleOrder&);
[[nodiscard]] SegmentGroup segment_group(const SampleOrder&, std::uint32_t index);

// visit(place, sample) for every sample of the group, in the picture's order as far as a group can; place is
// (segment within the group) * rounds + round.
template <class Visit>
void visit_group(const SampleOrder& order, const SegmentGroup& group, Visit visit) {
    const std::uint32_t rounds = order.rounds();
    for (std::uint32_t round = 0; round + 1 < rounds; ++round)
        for (std::uint32_t g = 0; g < group.count; ++g)
            visit(std::size_t{g} * rounds + round, order.sample(group.first + g, round));
    for (std::uint32_t g = 0; g < group.count; ++g) // the last round may be a short one
        if (order.size(group.first + g) == rounds)
            visit(std::size_t{g} * rounds + rounds - 1, order.sample(group.first + g, rounds - 1));
}

} // namespace cp::imaging
