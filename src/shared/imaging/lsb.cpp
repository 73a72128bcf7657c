#include "imaging/lsb.hpp"

#include "base/bytes.hpp"
#include "base/utf8.hpp"

#include <array>

namespace cp::imaging {
namespace {

constexpr std::size_t length_bytes = 4;

// The byte that holds the lowest bit of sample i, counted red, green, blue.
std::size_t place_of(const Picture& picture, std::uint64_t i) {
    const std::uint64_t pixel = i / picture.colours();
    const std::uint64_t colour = picture.colours() - 1 - i % picture.colours(); // blue stands first in memory
    return static_cast<std::size_t>((pixel * picture.channels + colour) * picture.bytes_per_sample);
}

void write_byte(Picture& picture, std::uint64_t index, std::byte value) {
    for (unsigned k = 0; k < 8; ++k) {
        std::byte& low = picture.samples[place_of(picture, index * 8 + k)];
        low = (low & std::byte{0xfe}) | (value >> (7 - k) & std::byte{1});
    }
}

std::byte read_byte(const Picture& picture, std::uint64_t index) {
    std::byte value{};
    for (unsigned k = 0; k < 8; ++k)
        value = value << 1 | (picture.samples[place_of(picture, index * 8 + k)] & std::byte{1});
    return value;
}

} // namespace

std::uint64_t lsb_capacity(std::uint64_t samples) {
    const std::uint64_t bytes = samples / 8;
    return bytes < length_bytes ? 0 : bytes - length_bytes;
}

Result<void> lsb_hide(Picture& picture, std::string_view text) {
    if (picture.colour_samples() / 8 < length_bytes || text.size() > lsb_capacity(picture.colour_samples()))
        return errc::too_small;
    std::array<std::byte, length_bytes> length{};
    ByteWriter{length}.u32(static_cast<std::uint32_t>(text.size()));
    for (std::size_t i = 0; i < length.size(); ++i) write_byte(picture, i, length[i]);
    for (std::size_t i = 0; i < text.size(); ++i) write_byte(picture, length.size() + i, as_bytes(text)[i]);
    return {};
}

std::string lsb_refusal(std::uint64_t samples, std::uint64_t bytes) {
    return "the picture holds at most " + std::to_string(lsb_capacity(samples)) + " bytes of text, not " +
           std::to_string(bytes);
}

Result<std::string> lsb_extract(const Picture& picture) {
    if (picture.colour_samples() / 8 < length_bytes) return errc::nothing_hidden;
    std::array<std::byte, length_bytes> stated{};
    for (std::size_t i = 0; i < stated.size(); ++i) stated[i] = read_byte(picture, i);
    const std::uint32_t length = ByteReader{stated}.u32();
    if (length == 0 || length > lsb_capacity(picture.colour_samples())) return errc::nothing_hidden;
    std::string text(length, '\0');
    for (std::size_t i = 0; i < text.size(); ++i)
        text[i] = static_cast<char>(read_byte(picture, stated.size() + i));
    if (!is_utf8(text)) return errc::nothing_hidden;
    return text;
}

} // namespace cp::imaging
