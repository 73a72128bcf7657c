#include "imaging/stego_cover.hpp"

#include "imaging/stego_format.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace cp::imaging {
namespace {

// Eight rows of 2^18 bytes are what a second-level cache holds beside the pixels.
constexpr std::uint32_t segments_together = 8;

} // namespace

Bits to_bits(ByteView bytes) {
    Bits bits(bytes.size() * 8);
    for (std::size_t i = 0; i < bits.size(); ++i)
        bits[i] = (std::to_integer<unsigned>(bytes[i / 8]) >> (7 - i % 8)) & 1U;
    return bits;
}

Bytes to_bytes(std::span<const std::uint8_t> bits) {
    Bytes bytes(bits.size() / 8);
    for (std::size_t i = 0; i < bytes.size() * 8; ++i)
        bytes[i / 8] |= static_cast<std::byte>(unsigned{bits[i]} << (7 - i % 8));
    return bytes;
}

static_assert(std::endian::native == std::endian::little, "the low byte of a sample comes first");

ColourSamples::ColourSamples(const Picture& picture)
    : samples_{picture.samples.data()}, colours_{picture.colours()}, channels_{picture.channels},
      bytes_per_sample_{picture.bytes_per_sample}, gapless_{picture.colours() == picture.channels} {}

void ColourSamples::change(std::uint64_t sample, bool up) const {
    std::byte* const place = low_byte(sample);
    const unsigned highest = bytes_per_sample_ == 1 ? 0xffU : 0xffffU;
    std::uint16_t value = 0;
    std::memcpy(&value, place, bytes_per_sample_);
    if (value == 0) up = true;
    if (value == highest) up = false;
    value = static_cast<std::uint16_t>(up ? value + 1U : value - 1U);
    std::memcpy(place, &value, bytes_per_sample_);
}

BodyShares::BodyShares(const SampleOrder& order, std::uint64_t bits)
    : bits_{bits}, samples_before_(order.segments() + std::size_t{1}) {
    for (std::uint32_t s = 0; s < order.segments(); ++s) {
        const std::uint32_t header = s == 0 ? header_samples : 0;
        samples_before_[s + 1] = samples_before_[s] + order.size(s) - header;
    }
}

std::uint32_t segment_groups(const SampleOrder& order) {
    return (order.segments() + segments_together - 1) / segments_together;
}

SegmentGroup segment_group(const SampleOrder& order, std::uint32_t index) {
    const std::uint32_t first = index * segments_together;
    return {first, std::min(segments_together, order.segments() - first)};
}

} // namespace cp::imaging
