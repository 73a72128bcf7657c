// What a decoder would do beside filling the picture: how often it goes over it, what it unpacks on the way,
// what it holds meanwhile. Small files can make that large; their headers tell. Pure, total on hostile bytes,
// in time linear in the file. Private to decode_guard.
#pragma once

#include "base/result.hpp"
#include "imaging/image_probe.hpp"

#include <cstdint>

namespace cp::imaging {

// Encoders write 10 scans, careful ones 20; every scan is another pass over all coefficients.
inline constexpr unsigned jpeg_scans_max = 100;
// A reader may unpack each of them to 8 MB, libpng's limit, before it looks at the picture.
inline constexpr unsigned png_packed_texts_max = 16;
inline constexpr std::uint64_t tiff_tile_pixels_max = std::uint64_t{2048} * 2048;
inline constexpr unsigned tiff_samples_max = 8; // colours and what else a pixel has

// `memory_max`: of the picture and what is held beside it. Errors: unreadable, too_large, not_an_image (a
// depth that is not supported).
[[nodiscard]] Outcome<void> guard_cost(ByteView file, const ImageInfo&, std::uint64_t memory_max);

} // namespace cp::imaging
