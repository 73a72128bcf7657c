// What a picture's file says beside its pixels and should still say in a PNG: the colour profile, EXIF, XMP.
// Reads PNG, JPEG and WebP files, writes PNG chunks. What cannot be read is left out; nothing here fails.
// Pure; total on hostile bytes.
#pragma once

#include "base/bytes.hpp"
#include "imaging/image_probe.hpp"

#include <cstdint>

namespace cp::imaging {

struct Metadata {
    Bytes icc;                // an ICC profile
    Bytes exif;               // a TIFF structure, without "Exif\0\0"
    Bytes xmp;                // XML, UTF-8
    unsigned orientation = 1; // EXIF, 1..8: how the stored pixels have to be turned for a viewer
};

// Each part at most so large; larger ones are left out.
inline constexpr std::size_t metadata_part_max = std::size_t{4} << 20U;

[[nodiscard]] Metadata read_metadata(ByteView file, Format);

// In `exif`: the picture stands upright now.
void set_upright(Metadata&);

// Chunks to stand behind the first 33 bytes of a PNG (signature and IHDR). A profile of another colour space
// than the picture's is left out. `colour`: the picture has three colour channels, not one.
[[nodiscard]] Bytes png_chunks(const Metadata&, bool colour);
inline constexpr std::size_t png_chunks_at = 33;

} // namespace cp::imaging
