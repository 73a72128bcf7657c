#include "imaging/metadata.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <zlib.h>

namespace cp::imaging {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view jpeg_exif = "Exif\0\0"sv;
constexpr std::string_view jpeg_xmp = "http://ns.adobe.com/xap/1.0/\0"sv;
constexpr std::string_view jpeg_icc = "ICC_PROFILE\0"sv;
constexpr std::string_view png_xmp = "XML:com.adobe.xmp\0"sv;

const Bytef* as_octets(ByteView bytes) { return reinterpret_cast<const Bytef*>(bytes.data()); }

void keep(Bytes& part, ByteView bytes) {
    if (bytes.size() <= metadata_part_max && part.empty()) part.assign(bytes.begin(), bytes.end());
}

// What follows `begin` in `bytes`.
std::optional<ByteView> after(ByteView bytes, std::string_view begin) {
    if (!as_text(bytes).starts_with(begin)) return std::nullopt;
    return bytes.subspan(begin.size());
}

std::uint32_t little_u32(ByteReader& reader) { return __builtin_bswap32(reader.u32()); }

// --- EXIF: the orientation is tag 0x0112 of the first directory of a TIFF structure

struct Orientation {
    std::size_t at = 0; // of the value's two bytes
    bool big_endian = false;
};

std::uint32_t number(ByteView bytes, std::size_t at, std::size_t width, bool big_endian) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
        const auto byte = std::to_integer<std::uint32_t>(bytes[at + (big_endian ? i : width - 1 - i)]);
        value = value << 8U | byte;
    }
    return value;
}

std::optional<Orientation> find_orientation(ByteView exif) {
    const bool big_endian = as_text(exif).starts_with("MM\0*"sv);
    if (exif.size() < 8 || (!big_endian && !as_text(exif).starts_with("II*\0"sv))) return std::nullopt;
    const std::size_t directory = number(exif, 4, 4, big_endian);
    if (directory + 2 > exif.size()) return std::nullopt;
    const std::size_t entries = number(exif, directory, 2, big_endian);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t entry = directory + 2 + 12 * i;
        if (entry + 12 > exif.size()) return std::nullopt;
        const bool is_short = number(exif, entry + 2, 2, big_endian) == 3;
        if (number(exif, entry, 2, big_endian) == 0x0112 && is_short)
            return Orientation{entry + 8, big_endian};
    }
    return std::nullopt;
}

unsigned orientation_of(ByteView exif) {
    const auto found = find_orientation(exif);
    if (!found) return 1;
    const unsigned value = number(exif, found->at, 2, found->big_endian);
    return value >= 1 && value <= 8 ? value : 1;
}

// --- reading

void read_jpeg(ByteView file, Metadata& out) {
    ByteReader in{file.subspan(2)};
    while (in.ok()) {
        if (in.u8() != 0xff) return;
        std::uint8_t marker = in.u8();
        while (marker == 0xff) marker = in.u8();
        if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) continue;
        const std::uint16_t length = in.u16();
        if (marker == 0xd9 || marker == 0xda || length < 2) return;
        const ByteView segment = in.take(length - 2U);
        if (const auto exif = marker == 0xe1 ? after(segment, jpeg_exif) : std::nullopt)
            keep(out.exif, *exif);
        if (const auto xmp = marker == 0xe1 ? after(segment, jpeg_xmp) : std::nullopt) keep(out.xmp, *xmp);
        if (const auto icc = marker == 0xe2 ? after(segment, jpeg_icc) : std::nullopt) {
            // Pieces with a number and a count; writers store them in order.
            if (icc->size() > 2 && out.icc.size() + icc->size() <= metadata_part_max)
                out.icc.insert(out.icc.end(), icc->begin() + 2, icc->end());
        }
    }
}

std::optional<Bytes> inflated(ByteView deflated) {
    Bytes out(std::min(metadata_part_max, std::max<std::size_t>(deflated.size() * 8, 4096)));
    for (;;) {
        uLongf size = out.size();
        const int done =
            uncompress(reinterpret_cast<Bytef*>(out.data()), &size, as_octets(deflated), deflated.size());
        if (done == Z_OK) {
            out.resize(size);
            return out;
        }
        if (done != Z_BUF_ERROR || out.size() == metadata_part_max) return std::nullopt;
        out.resize(std::min(metadata_part_max, out.size() * 4));
    }
}

void read_png(ByteView file, Metadata& out) {
    ByteReader in{file.subspan(8)};
    bool profile_seen = false; // a hundred thousand that do not unpack would cost minutes
    while (in.ok() && in.left() >= 12) {
        const std::uint32_t length = in.u32();
        const std::string_view type = as_text(in.take(4));
        const ByteView data = in.take(length);
        (void)in.u32(); // CRC
        if (!in.ok() || type == "IEND"sv) return;
        if (type == "eXIf"sv) keep(out.exif, data);
        if (type == "iCCP"sv && !profile_seen) {
            profile_seen = true;
            const std::size_t name = as_text(data).find('\0');
            if (name == std::string_view::npos || name + 2 > data.size()) continue;
            if (auto icc = inflated(data.subspan(name + 2))) out.icc = std::move(*icc);
        }
        const auto text = type == "iTXt"sv ? after(data, png_xmp) : std::nullopt;
        if (text && as_text(*text).starts_with("\0\0\0\0"sv))
            keep(out.xmp, text->subspan(4)); // not compressed
    }
}

void read_webp(ByteView file, Metadata& out) {
    ByteReader in{file.subspan(12)};
    while (in.ok() && in.left() >= 8) {
        const std::string_view type = as_text(in.take(4));
        const std::uint32_t length = little_u32(in);
        const ByteView data = in.take(length);
        if (!in.ok()) return;
        if (length % 2 != 0 && in.left() > 0) (void)in.u8();
        if (type == "ICCP"sv) keep(out.icc, data);
        if (type == "XMP "sv) keep(out.xmp, data);
        if (type == "EXIF"sv) keep(out.exif, after(data, jpeg_exif).value_or(data));
    }
}

// --- writing

void append(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void append_u32(Bytes& out, std::uint32_t value) {
    std::array<std::byte, 4> bytes{};
    ByteWriter{bytes}.u32(value);
    append(out, bytes);
}

void append_chunk(Bytes& out, std::string_view type, ByteView data) {
    append_u32(out, static_cast<std::uint32_t>(data.size()));
    const std::size_t begin = out.size();
    append(out, as_bytes(type));
    append(out, data);
    const ByteView checked = ByteView{out}.subspan(begin);
    append_u32(out,
               static_cast<std::uint32_t>(crc32(0, as_octets(checked), static_cast<uInt>(checked.size()))));
}

// A profile's header says which colour space it is of.
bool profile_fits(ByteView icc, bool colour) {
    return icc.size() >= 128 && as_text(icc.subspan(16, 4)) == (colour ? "RGB "sv : "GRAY"sv);
}

} // namespace

Metadata read_metadata(ByteView file, Format format) {
    Metadata out;
    if (file.size() < 16) return out;
    switch (format) {
    case Format::jpeg: read_jpeg(file, out); break;
    case Format::png: read_png(file, out); break;
    case Format::webp: read_webp(file, out); break;
    case Format::bmp:
    case Format::tiff: break; // BMP has nothing; TIFF spreads it over its directories
    }
    out.orientation = orientation_of(out.exif);
    return out;
}

void set_upright(Metadata& metadata) {
    metadata.orientation = 1;
    const auto found = find_orientation(metadata.exif);
    if (!found) return;
    metadata.exif[found->at] = std::byte{static_cast<unsigned char>(found->big_endian ? 0 : 1)};
    metadata.exif[found->at + 1] = std::byte{static_cast<unsigned char>(found->big_endian ? 1 : 0)};
}

Bytes png_chunks(const Metadata& metadata, bool colour) {
    Bytes out;
    if (profile_fits(metadata.icc, colour)) {
        Bytes data;
        append(data, as_bytes("ICC profile\0\0"sv)); // name, compression 0
        const std::size_t begin = data.size();
        uLongf size = compressBound(metadata.icc.size());
        data.resize(begin + size);
        if (compress2(reinterpret_cast<Bytef*>(data.data() + begin), &size, as_octets(metadata.icc),
                      metadata.icc.size(), 9) == Z_OK) {
            data.resize(begin + size);
            append_chunk(out, "iCCP", data);
        }
    }
    if (!metadata.exif.empty()) append_chunk(out, "eXIf", metadata.exif);
    if (!metadata.xmp.empty()) {
        Bytes data;
        append(data, as_bytes(png_xmp));
        append(data, as_bytes("\0\0\0\0"sv)); // not compressed, no language, no translated keyword
        append(data, metadata.xmp);
        append_chunk(out, "iTXt", data);
    }
    return out;
}

} // namespace cp::imaging
