// extract(): the way from samples to a payload, and how much fits.
#include "imaging/stego.hpp"
#include "imaging/stego_cover.hpp"
#include "imaging/stego_format.hpp"
#include "imaging/trellis.hpp"

#include <algorithm>
#include <limits>

namespace cp::imaging {
namespace {

Bytes read_header_bytes(const ColourSamples& samples, const SampleOrder& order) {
    std::vector<std::uint32_t> rounds;
    order.shuffle(0, rounds);
    Bits bits(header_samples);
    for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = samples.lowest_bit(order.sample(0, rounds[i]));
    Bits header(8 * stego_header_size);
    trellis_extract(header_height, bits, header);
    return to_bytes(header);
}

// Reads the body's bits of one group of segments into their places.
void read_group(const ColourSamples& samples, const SampleOrder& order, const BodyShares& shares,
                const SegmentGroup& group, unsigned height, std::span<std::uint8_t> body) {
    const std::size_t row = order.rounds();
    Bits dealt(row * group.count);
    visit_group(order, group,
                [&](std::size_t place, std::uint64_t sample) { dealt[place] = samples.lowest_bit(sample); });
    std::vector<std::uint32_t> rounds;
    Bits ordered;
    for (std::uint32_t g = 0; g < group.count; ++g) {
        const std::uint32_t segment = group.first + g;
        order.shuffle(segment, rounds);
        ordered.resize(rounds.size());
        for (std::size_t i = 0; i < rounds.size(); ++i) ordered[i] = dealt[row * g + rounds[i]];
        const std::size_t header = segment == 0 ? header_samples : 0;
        trellis_extract(height, std::span<const std::uint8_t>{ordered}.subspan(header),
                        body.subspan(shares.begin(segment), shares.size(segment)));
    }
}

Result<Hidden> extract_with(const Picture& picture, const Secret& secret, const StegoKeys& keys,
                            std::uint64_t payload_max, const ParallelFor& spread) {
    const ColourSamples samples{picture};
    const SampleOrder order{keys.location, picture.colour_samples()};
    const auto header = open_header(read_header_bytes(samples, order), keys);
    if (!header) return header.error();
    if (!stego_fits(picture.colour_samples(), header->size, rate_max)) return errc::damaged;

    const BodyShares shares{order, header->body_bits()};
    Bits bits(static_cast<std::size_t>(header->body_bits()));
    spread(segment_groups(order), [&](std::size_t i) {
        const SegmentGroup group = segment_group(order, static_cast<std::uint32_t>(i));
        read_group(samples, order, shares, group, header->height, bits);
    });
    const auto packed = open_body(to_bytes(bits), *header, secret);
    if (!packed) return packed.error();
    auto payload = unpack(*packed, header->compressed, payload_max);
    if (!payload) return payload.error();
    return Hidden{header->kind, std::move(payload->name), std::move(payload->data)};
}

std::vector<Profile> profiles_of(const Secret& secret) {
    if (std::holds_alternative<Username>(secret)) return {Profile::username};
    if (std::holds_alternative<UserKey>(secret)) return {Profile::key_file};
    return {Profile::passphrase_scrypt, Profile::passphrase_pbkdf2};
}

// Bits of header and body for so many packed bytes.
constexpr std::uint64_t bits_for(std::uint64_t packed) {
    return 8 * (std::uint64_t{stego_header_size} + stego_body_overhead + packed);
}

} // namespace

Result<Hidden> extract(const Picture& picture, const Secret& secret, std::string_view user,
                       std::uint64_t payload_max, const ParallelFor& spread) {
    if (!stego_fits(picture.colour_samples(), 0, rate_max)) return errc::nothing_hidden;
    for (Profile profile : profiles_of(secret)) {
        const auto keys = derive_stego_keys(secret, profile, user);
        if (!keys) return keys.error();
        auto hidden = extract_with(picture, secret, *keys, payload_max, spread);
        if (hidden || hidden.error() != errc::nothing_hidden) return hidden;
    }
    return errc::nothing_hidden;
}

// The rate bounds all bits by all samples; besides, the body alone must not come too close to the samples
// that the header leaves it, which only matters in tiny pictures.
bool stego_fits(std::uint64_t samples, std::uint64_t packed, unsigned rate) {
    if (samples <= header_samples || samples > std::numeric_limits<std::uint32_t>::max()) return false;
    const std::uint64_t bits = bits_for(packed);
    return packed <= std::numeric_limits<std::uint32_t>::max() && bits <= samples * rate / 1000 &&
           2 * (bits - 8 * stego_header_size) <= samples - header_samples;
}

std::optional<std::uint64_t> stego_capacity(std::uint64_t samples, unsigned rate) {
    if (!stego_fits(samples, 1, rate)) return std::nullopt;
    const std::uint64_t by_rate = samples * rate / 1000 / 8 - bits_for(0) / 8;
    const std::uint64_t by_body = (samples - header_samples) / 2 / 8 - stego_body_overhead;
    return std::min(by_rate, by_body) - 1; // the length of the name takes one
}

std::uint64_t stego_samples_for(std::uint64_t bytes, unsigned rate) {
    const std::uint64_t bits = bits_for(bytes + 1);
    const std::uint64_t by_rate = (bits * 1000 + rate - 1) / rate;
    const std::uint64_t by_body = 2 * (bits - 8 * stego_header_size) + header_samples;
    return std::max(by_rate, by_body);
}

} // namespace cp::imaging
