#include "imaging/image_probe.hpp"

#include <algorithm>
#include <array>

namespace cp::imaging {
namespace {

using namespace std::string_view_literals;

enum class Order { big, little };

// A ByteReader for formats of either byte order.
class Fields {
public:
    Fields(ByteView bytes, Order order) : reader_{bytes}, order_{order} {}

    std::uint8_t u8() { return reader_.u8(); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t u24() { return number(3); }
    std::uint32_t u32() { return number(4); }
    std::string_view text(std::size_t size) { return as_text(reader_.take(size)); }
    void skip(std::size_t size) { (void)reader_.take(size); }
    [[nodiscard]] bool ok() const { return reader_.ok(); }

private:
    std::uint32_t number(std::size_t width) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < width; ++i) {
            const std::uint32_t b = reader_.u8();
            value = order_ == Order::big ? value << 8U | b : value | b << 8U * i;
        }
        return value;
    }

    ByteReader reader_;
    Order order_;
};

bool starts_with(ByteView bytes, std::string_view magic) { return as_text(bytes).starts_with(magic); }

// The last step of every parser: what it read is only worth something if the bytes were there.
Result<ImageInfo> checked(const Fields& in, Format format, std::uint32_t width, std::uint32_t height) {
    if (!in.ok()) return errc::truncated;
    if (width == 0 || height == 0) return errc::bad_field;
    return ImageInfo{.format = format, .width = width, .height = height, .bytes_per_pixel = 4};
}

// PNG (ISO/IEC 15948): the IHDR chunk comes first.
Result<ImageInfo> probe_png(ByteView bytes) {
    static constexpr std::uint32_t side_max = 0x7fff'ffff;
    Fields in{bytes.subspan(8), Order::big};
    const std::uint32_t length = in.u32();
    const std::string_view type = in.text(4);
    const std::uint32_t width = in.u32();
    const std::uint32_t height = in.u32();
    if (in.ok() && (length != 13 || type != "IHDR"sv || width > side_max || height > side_max)) {
        return errc::bad_field;
    }
    auto info = checked(in, Format::png, width, height);
    const bool deep = in.u8() == 16;
    const std::uint8_t colour_type = in.u8();
    const std::uint32_t samples = colour_type == 0 ? 1 : colour_type == 2 ? 3 : 4; // palettes may have alpha
    if (info && in.ok()) info->bytes_per_pixel = samples * (deep ? 2 : 1);
    return info;
}

bool is_frame_header(std::uint8_t marker) { // SOF0..SOF15 without DHT, JPG and DAC, which share the range
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

bool stands_alone(std::uint8_t marker) { // TEM and RSTn carry no length
    return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

// JPEG (ITU-T T.81 annex B): marker segments up to the frame header. A photograph has some dozens, with a
// large colour profile or preview some hundreds; fill bytes count as steps too.
Result<ImageInfo> probe_jpeg(ByteView bytes) {
    static constexpr int steps_max = 65536;
    Fields in{bytes.subspan(2), Order::big};
    for (int step = 0; step < steps_max; ++step) {
        if (in.u8() != 0xff) return in.ok() ? errc::bad_field : errc::truncated;
        std::uint8_t marker = in.u8();
        while (marker == 0xff && ++step < steps_max) marker = in.u8();
        if (stands_alone(marker)) continue;
        const std::uint16_t length = in.u16();
        if (!in.ok()) return errc::truncated;
        if (is_frame_header(marker)) {
            in.skip(1);                            // bits per sample
            const std::uint16_t height = in.u16(); // 0 would be told after the first scan: nobody writes that
            const std::uint16_t width = in.u16();
            auto info = checked(in, Format::jpeg, width, height);
            if (info) info->bytes_per_pixel = 3;
            return info;
        }
        const bool too_late = marker == 0x00 || (marker >= 0xd8 && marker <= 0xda); // SOI, EOI, SOS
        if (too_late || length < 2) return errc::bad_field;
        in.skip(length - 2U);
    }
    return errc::bad_field;
}

// WebP (RFC 9649): the first chunk tells.
Result<ImageInfo> probe_webp(ByteView bytes) {
    Fields in{bytes.subspan(12), Order::little};
    const std::string_view chunk = in.text(4);
    in.skip(4); // the chunk's size
    if (chunk == "VP8X"sv) {
        in.skip(4); // flags
        const std::uint32_t width = in.u24() + 1;
        const std::uint32_t height = in.u24() + 1;
        return checked(in, Format::webp, width, height);
    }
    if (chunk == "VP8L"sv) {
        const std::uint8_t signature = in.u8();
        const std::uint32_t bits = in.u32(); // 14 width - 1, 14 height - 1, 1 alpha, 3 version
        if (in.ok() && (signature != 0x2f || bits >> 29U != 0)) return errc::bad_field;
        return checked(in, Format::webp, (bits & 0x3fffU) + 1, (bits >> 14U & 0x3fffU) + 1);
    }
    if (chunk == "VP8 "sv) {
        const std::uint32_t tag = in.u24();
        const std::string_view start_code = in.text(3);
        const std::uint16_t width = in.u16() & 0x3fffU; // the upper two bits are a scale
        const std::uint16_t height = in.u16() & 0x3fffU;
        const bool key_frame = (tag & 1U) == 0;
        if (in.ok() && (!key_frame || start_code != "\x9d\x01\x2a"sv)) return errc::bad_field;
        return checked(in, Format::webp, width, height);
    }
    return in.ok() ? errc::bad_field : errc::truncated;
}

// BMP (Microsoft's BITMAPFILEHEADER and its descendants). Two letters are a weak magic: text that happens to
// begin with "BM" is told apart by the size and planes fields of the second header.
Result<ImageInfo> probe_bmp(ByteView bytes) {
    static constexpr std::array<std::uint32_t, 8> header_sizes{12, 16, 40, 52, 56, 64, 108, 124};
    Fields in{bytes.subspan(14), Order::little};
    const std::uint32_t header_size = in.u32();
    if (!std::ranges::count(header_sizes, header_size)) return errc::not_an_image;
    const bool core = header_size == 12; // OS/2 1.x: 16-bit sides
    const std::uint32_t width = core ? in.u16() : in.u32();
    const std::uint32_t height = core ? in.u16() : in.u32();
    const std::uint16_t planes = in.u16();
    if (!in.ok()) return errc::truncated;
    if (planes != 1) return errc::not_an_image;
    static constexpr std::uint32_t sign = 0x8000'0000;
    if (width >= sign || height == sign) return errc::bad_field;
    return checked(in, Format::bmp, width, height < sign ? height : 0U - height); // negative: top row first
}

// TIFF 6.0: the first directory. More than some dozens of entries are unusual, thousands are an attack.
Result<ImageInfo> probe_tiff(ByteView bytes, Order order) {
    static constexpr std::uint16_t entries_max = 4096;
    Fields start{bytes.subspan(4), order};
    const std::uint32_t offset = start.u32();
    if (!start.ok() || offset > bytes.size()) return errc::truncated;
    if (offset < 8) return errc::bad_field; // inside the file header
    Fields in{bytes.subspan(offset), order};
    const std::uint16_t entries = in.u16();
    if (entries > entries_max) return errc::bad_field;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    for (std::uint16_t i = 0; i < entries && (width == 0 || height == 0); ++i) {
        const std::uint16_t tag = in.u16();
        const std::uint16_t type = in.u16();
        const std::uint32_t count = in.u32();
        const bool is_short = type == 3; // left-justified in the four value bytes
        const std::uint32_t value = is_short ? in.u16() : in.u32();
        if (is_short) in.skip(2);
        if (!in.ok()) return errc::truncated;
        if (tag != 256 && tag != 257) continue;
        if ((!is_short && type != 4) || count != 1) return errc::bad_field;
        (tag == 256 ? width : height) = value;
    }
    auto info = checked(in, Format::tiff, width, height);
    if (info) info->bytes_per_pixel = 8; // 16 bits a sample, or fewer
    return info;
}

} // namespace

std::string_view extension(Format format) {
    switch (format) {
    case Format::png: return "png";
    case Format::jpeg: return "jpg";
    case Format::webp: return "webp";
    case Format::bmp: return "bmp";
    case Format::tiff: return "tiff";
    }
    return "bin";
}

Result<ImageInfo> probe(ByteView bytes) {
    if (starts_with(bytes, "\x89PNG\r\n\x1a\n"sv)) return probe_png(bytes);
    if (starts_with(bytes, "\xff\xd8\xff"sv)) return probe_jpeg(bytes);
    if (starts_with(bytes, "RIFF"sv) && bytes.size() >= 12 && starts_with(bytes.subspan(8), "WEBP"sv)) {
        return probe_webp(bytes);
    }
    if (starts_with(bytes, "BM"sv) && bytes.size() >= 18) return probe_bmp(bytes);
    if (starts_with(bytes, "II*\0"sv)) return probe_tiff(bytes, Order::little);
    if (starts_with(bytes, "MM\0*"sv)) return probe_tiff(bytes, Order::big);
    if (starts_with(bytes, "CPE1"sv)) return errc::already_encrypted;
    return errc::not_an_image;
}

} // namespace cp::imaging
