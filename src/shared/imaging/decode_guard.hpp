// What has to be true of a file before a decoder sees it: it is one of our formats, its header claims no more
// than the limits, and a JPEG is whole. Decoders allocate what a header claims, and some fill what is missing
// with grey and say nothing. Pure, total on hostile bytes, in time linear in the file.
#pragma once

#include "base/result.hpp"
#include "imaging/image_probe.hpp"

#include <cstdint>

namespace cp::imaging {

struct DecodeLimits {
    std::uint64_t max_pixels = 64'000'000; // four bytes for each are the most that a decoded picture takes
    std::uint32_t max_side = 16'384;
};

// No camera and no editor writes more: it is a file that was made to cost its reader something.
inline constexpr std::uint64_t jpeg_pixels_per_byte_max = 1000;

// Errors, each with the numbers: not_an_image, already_encrypted, unreadable (damaged, or cut short),
// too_large.
[[nodiscard]] Outcome<ImageInfo> guard_decode(ByteView file, const DecodeLimits&);

} // namespace cp::imaging
