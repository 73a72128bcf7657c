// How much fits into a picture, and how that is said.
#include "imaging/stego.hpp"
#include "imaging/stego_format.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cp::imaging {

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

std::uint64_t packed_size(std::string_view name, ByteView payload) {
    return pack(name, payload).bytes.size();
}

std::string too_small_line(std::uint64_t samples, std::uint64_t packed) {
    const auto side = [](std::uint64_t needed) {
        return std::to_string(
            static_cast<std::uint64_t>(std::ceil(std::sqrt(static_cast<double>(needed) / 3))));
    };
    const std::uint64_t bytes =
        std::max<std::uint64_t>(packed, 1) - 1; // the length of the name is no payload
    const auto capacity = stego_capacity(samples, rate_max);
    const std::string smallest = side(stego_samples_for(bytes, rate_max));
    const std::string advised = side(stego_samples_for(bytes, rate_default));
    return "the picture holds " +
           (capacity ? "at most " + std::to_string(*capacity) + " bytes" : std::string{"nothing at all"}) +
           ", not " + std::to_string(bytes) + ": take a colour picture of at least " + smallest + " x " +
           smallest + " pixels, better " + advised + " x " + advised;
}

std::string memory_refusal(const ImageInfo& info, std::uint64_t needed, std::uint64_t there) {
    const auto mib = [](std::uint64_t bytes) { return std::to_string((bytes >> 20U) + 1) + " MiB"; };
    return std::to_string(info.width) + " x " + std::to_string(info.height) + " pixels take " + mib(needed) +
           " to hide in, the limit is " + mib(there - 1) + " ([tasks] memory_budget_mib)";
}

} // namespace cp::imaging
