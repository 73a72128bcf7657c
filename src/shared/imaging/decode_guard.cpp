#include "imaging/decode_guard.hpp"

#include "imaging/decode_cost.hpp"

#include <string>

namespace cp::imaging {
namespace {

std::string sides(const ImageInfo& info) {
    return std::to_string(info.width) + " x " + std::to_string(info.height) + " pixels";
}

Failure too_large(const std::string& what, const std::string& limit) {
    return {errc::too_large, what + ", the limit is " + limit};
}

} // namespace

Outcome<ImageInfo> guard_decode(ByteView file, const DecodeLimits& limits) {
    const auto info = probe(file);
    if (!info) {
        const errc code = code_of(info.error());
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
    if (info->format == Format::jpeg && pixels > jpeg_pixels_per_byte_max * file.size()) {
        return too_large(sides(*info) + " in a JPEG of " + std::to_string(file.size()) + " bytes",
                         std::to_string(jpeg_pixels_per_byte_max) + " pixels a byte");
    }
    // A progressive JPEG of max_pixels with the usual half resolution of colours takes 6 bytes a pixel.
    if (auto ok = guard_cost(file, *info, 7 * limits.max_pixels); !ok) return ok.error();
    return *info;
}

} // namespace cp::imaging
