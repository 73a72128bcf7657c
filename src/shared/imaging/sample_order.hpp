// In which order the samples of a picture are used, by a key: dealt like cards into segments that fit a
// cache, then shuffled within each. Whoever has no key does not know where to look; and every segment gets a
// fair share of smooth and of busy places, so all can be coded alike.
//
// Round j deals the samples [jS, jS + S) to S segments, one each, rotated by a number drawn for the round.
// docs/formats.md has it byte for byte. Immutable after construction: safe from any thread.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace cp::imaging {

using LocationKey = std::array<std::byte, 32>;

inline constexpr std::uint32_t segment_samples_max = 1U << 18U;

class SampleOrder {
public:
    // REQUIRES: samples > 0, and at most 2^32 - 1 of them.
    SampleOrder(const LocationKey&, std::uint64_t samples);

    [[nodiscard]] std::uint32_t segments() const { return segments_; }
    [[nodiscard]] std::uint32_t rounds() const { return static_cast<std::uint32_t>(offsets_.size()); }
    // How many samples; segments differ by one at most.
    [[nodiscard]] std::uint32_t size(std::uint32_t segment) const;
    // The sample that was dealt to `segment` in `round`. REQUIRES: round < size(segment).
    [[nodiscard]] std::uint64_t sample(std::uint32_t segment, std::uint32_t round) const {
        const std::uint32_t place = segment + offsets_[round];
        return std::uint64_t{round} * segments_ + (place < segments_ ? place : place - segments_);
    }
    // The rounds of the segment in the order of use.
    void shuffle(std::uint32_t segment, std::vector<std::uint32_t>& rounds) const;

private:
    LocationKey key_;
    std::uint64_t samples_;
    std::uint32_t segments_;
    std::vector<std::uint32_t> offsets_; // one per round
};

} // namespace cp::imaging
