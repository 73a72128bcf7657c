// extract(): the way from samples to a payload.
#include "imaging/stego.hpp"
#include "imaging/stego_cover.hpp"
#include "imaging/stego_format.hpp"
#include "imaging/trellis.hpp"

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
    return Hidden{header->kind, std::move(payload->name), std::move(payload->data), bits_for(header->size)};
}

std::vector<Profile> profiles_of(const Secret& secret) {
    if (std::holds_alternative<Username>(secret)) return {Profile::username};
    if (std::holds_alternative<UserKey>(secret)) return {Profile::key_file};
    return {Profile::passphrase_scrypt, Profile::passphrase_pbkdf2};
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

} // namespace cp::imaging
