// Which kind of picture some bytes are, and its size, from the header alone: PNG, JPEG, WebP, BMP, TIFF, by
// content and never by name. Decodes nothing, so it says nothing about the pixels; total on hostile bytes, in
// bounded time. Pure and safe from any thread.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string_view>

namespace cp::imaging {

enum class Format : std::uint8_t { png, jpeg, webp, bmp, tiff };

[[nodiscard]] std::string_view extension(Format); // "png", "jpg", "webp", "bmp", "tiff"

struct ImageInfo {
    Format format = Format::png;
    std::uint32_t width = 0;  // in pixels, above 0, as stored: an EXIF orientation is not applied
    std::uint32_t height = 0; // in pixels, above 0; of a TIFF, the first page
    // What a decoded pixel takes at most, in bytes; decoders may give up to a third more for transparency.
    std::uint32_t bytes_per_pixel = 4;
};

// `bytes`: the whole file, because JPEG and TIFF may tell their size late.
// Errors: not_an_image, already_encrypted (CPE1), truncated (a known format that ends before its size),
// bad_field (a known format with a header that cannot be).
[[nodiscard]] Result<ImageInfo> probe(ByteView bytes);

} // namespace cp::imaging
