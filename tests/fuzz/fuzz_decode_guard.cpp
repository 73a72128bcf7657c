// What stands before the decoder, on any bytes: what it lets through is within the limits; the metadata it
// finds can be written, and is read back the same.
#include "base/check.hpp"
#include "imaging/decode_guard.hpp"
#include "imaging/metadata.hpp"

using namespace cp;
using namespace cp::imaging;

namespace {

void metadata_passes_through(const Metadata& metadata) {
    constexpr std::string_view before{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde",
                                      33};
    Bytes png{as_bytes(before).begin(), as_bytes(before).end()};
    const Bytes chunks = png_chunks(metadata, true);
    png.insert(png.end(), chunks.begin(), chunks.end());
    const Metadata back = read_metadata(png, Format::png);
    CP_CHECK(back.exif == metadata.exif);
    CP_CHECK(back.xmp == metadata.xmp);
    CP_CHECK(back.icc.empty() || back.icc == metadata.icc);
    CP_CHECK(back.orientation == metadata.orientation);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView file = std::as_bytes(std::span{data, size});
    const DecodeLimits limits{.max_pixels = 1'000'000, .max_side = 2000};
    const auto info = guard_decode(file, limits);
    if (info) {
        CP_CHECK(info->width <= limits.max_side && info->height <= limits.max_side);
        CP_CHECK(std::uint64_t{info->width} * info->height <= limits.max_pixels);
    } else {
        CP_CHECK(!info.error().line.empty());
    }
    for (Format format : {Format::png, Format::jpeg, Format::webp}) {
        Metadata metadata = read_metadata(file, format);
        CP_CHECK(metadata.orientation >= 1 && metadata.orientation <= 8);
        metadata_passes_through(metadata);
        set_upright(metadata);
        CP_CHECK(metadata.orientation == 1);
        metadata_passes_through(metadata);
    }
    return 0;
}
