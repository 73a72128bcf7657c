// Picture files of a few kilobytes to megabytes that make a careless decoder hold gigabytes or work for
// minutes.
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <string>

namespace cp::bombs {

// A zlib stream that unpacks to `count` zeros, 1/159 of that.
[[nodiscard]] Bytes packed_zeros(std::uint64_t count);

// Black, 8-bit RGB; what stands in `chunks` comes before the picture.
[[nodiscard]] Bytes black_png(std::uint32_t width, std::uint32_t height, const Bytes& chunks = {});
[[nodiscard]] Bytes png_chunk(const std::string& type, const Bytes& data);
// A text or colour profile (zTXt, iCCP) that unpacks to `count` zeros.
[[nodiscard]] Bytes packed_png_chunk(const std::string& type, std::uint64_t count);

// Progressive, grey of two colour channels of half the resolution, padded to `size` bytes.
[[nodiscard]] Bytes many_scans_jpeg(std::uint16_t width, std::uint16_t height, unsigned scans,
                                    std::size_t size);

struct TiffShape {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t tile = 0; // side; 0: one strip
    std::uint16_t bits = 8;
    std::uint16_t samples = 3;
};
[[nodiscard]] Bytes black_tiff(const TiffShape&);

} // namespace cp::bombs
