#include "imaging/decode_cost.hpp"

#include <algorithm>
#include <string>

namespace cp::imaging {
namespace {

unsigned byte_at(ByteView bytes, std::size_t i) { return std::to_integer<unsigned>(bytes[i]); }
unsigned big_u16(ByteView bytes, std::size_t i) { return byte_at(bytes, i) << 8U | byte_at(bytes, i + 1); }

// --- JPEG (ITU-T T.81)

struct JpegScans {
    bool ended = false; // by its end marker
    unsigned count = 0;
    bool progressive = false;
    double samples_per_pixel = 0; // of the frame, all components
};

void read_frame(ByteView frame, JpegScans& out) {
    constexpr std::size_t components_at = 6; // behind precision, height, width and their number
    double most = 1;
    double sum = 0;
    for (std::size_t i = components_at; i + 3 <= frame.size(); i += 3) {
        const unsigned factors = byte_at(frame, i + 1);
        const double product = std::max(1U, (factors >> 4U) * (factors & 15U));
        most = std::max(most, product);
        sum += product;
    }
    out.samples_per_pixel = sum / most; // or less, when another component is larger in one direction
}

// Markers and their segments are walked over, coded data is searched for the next.
JpegScans walk_jpeg(ByteView file) {
    JpegScans out;
    std::size_t i = 2;
    while (i + 1 < file.size()) {
        if (byte_at(file, i) != 0xff) { // coded data: the next 0xff ends it, or is escaped
            const auto next =
                std::find(file.begin() + static_cast<std::ptrdiff_t>(i), file.end(), std::byte{0xff});
            i = static_cast<std::size_t>(next - file.begin());
            continue;
        }
        const unsigned marker = byte_at(file, i + 1);
        if (marker == 0xd9) {
            out.ended = true;
            return out;
        }
        const bool alone =
            marker == 0x00 || marker == 0x01 || marker == 0xff || (marker >= 0xd0 && marker <= 0xd8);
        if (alone) {
            i += marker == 0xff ? 1 : 2;
            continue;
        }
        if (i + 3 >= file.size()) return out;
        const std::size_t length = std::max(2U, big_u16(file, i + 2));
        const bool frame =
            marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame) {
            out.progressive = (marker & 3U) == 2;
            read_frame(file.subspan(i + 4, std::min(length - 2, file.size() - i - 4)), out);
        }
        if (marker == 0xda) ++out.count;
        i += 2 + length;
    }
    return out;
}

Outcome<void> guard_jpeg(ByteView file, const ImageInfo& info, std::uint64_t memory_max) {
    const JpegScans scans = walk_jpeg(file);
    if (!scans.ended) return Failure{errc::unreadable, "the JPEG ends before its picture does"};
    if (scans.count > jpeg_scans_max) {
        return Failure{errc::too_large, std::to_string(scans.count) + " scans in a JPEG, the limit is " +
                                            std::to_string(jpeg_scans_max)};
    }
    if (!scans.progressive && scans.count <= 1) return {};
    // All coefficients, two bytes each, until the last scan.
    const double pixels = static_cast<double>(info.width) * info.height;
    const auto needed = static_cast<std::uint64_t>(pixels * (3 + 2 * scans.samples_per_pixel));
    if (needed <= memory_max) return {};
    return Failure{errc::too_large, std::to_string(info.width) + " x " + std::to_string(info.height) +
                                        " pixels in a JPEG of several scans take " + std::to_string(needed) +
                                        " bytes, the limit is " + std::to_string(memory_max)};
}

// --- PNG

Outcome<void> guard_png(ByteView file) {
    unsigned packed = 0;
    ByteReader in{file.subspan(8)};
    while (in.ok() && in.left() >= 12) {
        const std::uint32_t length = in.u32();
        const std::string_view type = as_text(in.take(4));
        (void)in.take(length);
        (void)in.u32(); // CRC
        if (type == "IEND") break;
        if (type == "zTXt" || type == "iTXt" || type == "iCCP") ++packed;
    }
    if (packed <= png_packed_texts_max) return {};
    return Failure{errc::too_large, std::to_string(packed) + " packed texts in a PNG, the limit is " +
                                        std::to_string(png_packed_texts_max)};
}

// --- TIFF 6.0, the first directory

class TiffFields {
public:
    explicit TiffFields(ByteView file) : file_{file}, big_{byte_at(file, 0) == 'M'} {}

    // 0 beyond the end: the probe has read the directory already, values may lie anywhere.
    [[nodiscard]] std::uint32_t number(std::uint64_t at, unsigned width) const {
        if (at + width > file_.size()) return 0;
        std::uint32_t value = 0;
        for (unsigned i = 0; i < width; ++i)
            value = value << 8U | byte_at(file_, static_cast<std::size_t>(at) + (big_ ? i : width - 1 - i));
        return value;
    }
    // The first value of an entry, a short or a long.
    [[nodiscard]] std::uint32_t value(std::uint64_t entry) const {
        const unsigned width = number(entry + 2, 2) == 3 ? 2 : 4;
        const bool inside = std::uint64_t{number(entry + 4, 4)} * width <= 4;
        return number(inside ? entry + 8 : number(entry + 8, 4), width);
    }

private:
    ByteView file_;
    bool big_;
};

Outcome<void> guard_tiff(ByteView file) {
    const TiffFields in{file};
    const std::uint64_t directory = in.number(4, 4);
    std::uint64_t tile_width = 0;
    std::uint64_t tile_height = 0;
    std::uint32_t bits = 1;
    std::uint32_t samples = 1;
    for (std::uint64_t i = 0; i < in.number(directory, 2); ++i) {
        const std::uint64_t entry = directory + 2 + 12 * i;
        const std::uint32_t value = in.value(entry);
        switch (in.number(entry, 2)) {
        case 258: bits = std::max(bits, value); break;
        case 277: samples = std::max(samples, value); break;
        case 322: tile_width = std::max<std::uint64_t>(tile_width, value); break;
        case 323: tile_height = std::max<std::uint64_t>(tile_height, value); break;
        default: break; // nothing that costs
        }
    }
    if (bits > 16) return Failure{errc::not_an_image, "neither 8 nor 16 bits a sample: not supported"};
    if (samples > tiff_samples_max) {
        return Failure{errc::not_an_image,
                       std::to_string(samples) + " samples a pixel in a TIFF: not supported"};
    }
    if (tile_width * tile_height <= tiff_tile_pixels_max) return {};
    return Failure{errc::too_large, "tiles of " + std::to_string(tile_width) + " x " +
                                        std::to_string(tile_height) + " pixels in a TIFF, the limit is " +
                                        std::to_string(tiff_tile_pixels_max) + " pixels"};
}

} // namespace

Outcome<void> guard_cost(ByteView file, const ImageInfo& info, std::uint64_t memory_max) {
    switch (info.format) {
    case Format::jpeg: return guard_jpeg(file, info, memory_max);
    case Format::png: return guard_png(file);
    case Format::tiff: return guard_tiff(file);
    case Format::webp:
    case Format::bmp: break; // their size is all there is
    }
    return {};
}

} // namespace cp::imaging
