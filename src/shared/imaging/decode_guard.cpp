#include "imaging/decode_guard.hpp"

#include <algorithm>
#include <string>

namespace cp::imaging {
namespace {

std::string sides(const ImageInfo& info) {
    return std::to_string(info.width) + " x " + std::to_string(info.height) + " pixels";
}

Failure too_large(const std::string& what, const std::string& limit) {
    return {errc::too_large, what + ", the limit is " + limit};
}

// Whether a JPEG has an end: markers and their segments are walked over, coded data is searched for the next.
bool has_end_of_image(ByteView file) {
    const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(file[i]); };
    std::size_t i = 2;
    while (i + 1 < file.size()) {
        if (at(i) != 0xff) { // coded data: the next 0xff ends it, or is escaped
            const auto next =
                std::find(file.begin() + static_cast<std::ptrdiff_t>(i), file.end(), std::byte{0xff});
            i = static_cast<std::size_t>(next - file.begin());
            continue;
        }
        const unsigned marker = at(i + 1);
        if (marker == 0xd9) return true;
        const bool alone =
            marker == 0x00 || marker == 0x01 || marker == 0xff || (marker >= 0xd0 && marker <= 0xd8);
        if (alone) {
            i += marker == 0xff ? 1 : 2;
            continue;
        }
        if (i + 3 >= file.size()) return false;
        i += 2 + std::max(2U, at(i + 2) << 8U | at(i + 3));
    }
    return false;
}

} // namespace

Outcome<ImageInfo> guard_decode(ByteView file, const DecodeLimits& limits) {
    const auto info = probe(file);
    if (!info) {
        const auto code = static_cast<errc>(info.error().value());
        if (code == errc::not_an_image || code == errc::already_encrypted)
            return Failure{code, info.error().message()};
        return Failure{errc::unreadable, "a damaged image: " + info.error().message()};
    }
    const std::uint64_t pixels = std::uint64_t{info->width} * info->height;
    if (info->width > limits.max_side || info->height > limits.max_side)
        return too_large(sides(*info), std::to_string(limits.max_side) + " a side ([imaging] max_side)");
    if (pixels > limits.max_pixels)
        return too_large(sides(*info), std::to_string(limits.max_pixels) + " in all ([imaging] max_pixels)");
    if (pixels * info->bytes_per_pixel > 4 * limits.max_pixels) {
        return too_large(sides(*info) + " of up to " + std::to_string(info->bytes_per_pixel) + " bytes",
                         std::to_string(4 * limits.max_pixels) + " bytes (4 x [imaging] max_pixels)");
    }
    if (info->format == Format::jpeg) {
        if (pixels > jpeg_pixels_per_byte_max * file.size())
            return too_large(sides(*info) + " in a JPEG of " + std::to_string(file.size()) + " bytes",
                             std::to_string(jpeg_pixels_per_byte_max) + " pixels a byte");
        if (!has_end_of_image(file))
            return Failure{errc::unreadable, "the JPEG ends before its picture does"};
    }
    return *info;
}

} // namespace cp::imaging
