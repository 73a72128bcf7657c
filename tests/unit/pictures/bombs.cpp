#include "bombs.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace cp::bombs {
namespace {

void append(Bytes& out, const Bytes& bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
void append(Bytes& out, const std::string& text) {
    const ByteView bytes = as_bytes(text);
    out.insert(out.end(), bytes.begin(), bytes.end());
}
void append_big(Bytes& out, std::uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}
void append_little(Bytes& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}

std::uint32_t crc_of(const Bytes& bytes) {
    std::uint32_t crc = 0xffff'ffff;
    for (const std::byte b : bytes) {
        crc ^= std::to_integer<std::uint32_t>(b);
        for (int i = 0; i < 8; ++i) crc = (crc & 1U) != 0 ? crc >> 1U ^ 0xedb8'8320U : crc >> 1U;
    }
    return ~crc;
}

// Bits of a deflate block with the fixed codes (RFC 1951, 3.2.6).
class FixedBlock {
public:
    FixedBlock() { put(0b1, 1), put(0b10, 2); } // the last block; its kind, lowest bit first

    void zero() { put(0b00110000, 8); }
    void repeat_258() { put(0b11000101, 8), put(0b00000, 5); } // of the byte before
    Bytes end() {
        put(0b0000000, 7);
        while (used_ != 0) put(0, 1);
        return std::move(out_);
    }

private:
    void put(unsigned code, int width) { // the highest bit of a code comes first
        for (int i = width - 1; i >= 0; --i) {
            if (used_ == 0) out_.push_back(std::byte{0});
            out_.back() |= static_cast<std::byte>((code >> i & 1U) << used_);
            used_ = (used_ + 1) % 8;
        }
    }

    Bytes out_;
    int used_ = 0;
};

} // namespace

Bytes packed_zeros(std::uint64_t count) {
    FixedBlock block;
    if (count > 0) block.zero();
    for (std::uint64_t i = 1; i < count;) {
        if (count - i >= 258) {
            block.repeat_258();
            i += 258;
        } else {
            block.zero();
            ++i;
        }
    }
    Bytes out{std::byte{0x78}, std::byte{0x01}};
    append(out, block.end());
    append_big(out, (count % 65521) << 16U | 1U, 4); // Adler-32
    return out;
}

Bytes png_chunk(const std::string& type, const Bytes& data) {
    Bytes checked;
    append(checked, type);
    append(checked, data);
    Bytes out;
    append_big(out, data.size(), 4);
    append(out, checked);
    append_big(out, crc_of(checked), 4);
    return out;
}

Bytes packed_png_chunk(const std::string& type, std::uint64_t count) {
    Bytes data;
    append(data, std::string{"x\0\0", 3}); // a name, and the one way to pack
    append(data, packed_zeros(count));
    return png_chunk(type, data);
}

Bytes black_png(std::uint32_t width, std::uint32_t height, const Bytes& chunks) {
    Bytes header;
    append_big(header, width, 4);
    append_big(header, height, 4);
    append(header, std::string{"\x08\x02\0\0\0", 5});
    Bytes out;
    append(out, std::string{"\x89PNG\r\n\x1a\n"});
    append(out, png_chunk("IHDR", header));
    append(out, chunks);
    append(out, png_chunk("IDAT", packed_zeros(std::uint64_t{height} * (1 + std::uint64_t{3} * width))));
    append(out, png_chunk("IEND", {}));
    return out;
}

Bytes many_scans_jpeg(std::uint16_t width, std::uint16_t height, unsigned scans, std::size_t size) {
    Bytes out;
    append(out, std::string{"\xff\xd8\xff\xdb\0\x43\0", 7}); // a quantisation table of ones
    append(out, std::string(64, '\x01'));
    append(out, std::string{"\xff\xc2\0\x11\x08", 5});
    append_big(out, height, 2);
    append_big(out, width, 2);
    append(out, std::string{"\x03\x01\x22\0\x02\x11\0\x03\x11\0", 10});
    append(out, std::string{"\xff\xc4\0\x14\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                            22}); // one code: no difference
    for (unsigned i = 0; i < scans;
         ++i) { // the first bit of the means, then its refinements, all without data
        append(out, std::string{"\xff\xda\0\x0c\x03\x01\0\x02\0\x03\0\0\0", 13});
        out.push_back(i == 0 ? std::byte{0x01} : std::byte{0x10});
        out.push_back(std::byte{0});
        if (i == 0) out.resize(std::max(size, out.size()));
    }
    append(out, std::string{"\xff\xd9"});
    return out;
}

Bytes black_tiff(const TiffShape& shape) {
    const bool tiled = shape.tile != 0;
    const std::uint64_t pixels =
        tiled ? std::uint64_t{shape.tile} * shape.tile : std::uint64_t{shape.width} * shape.height;
    const Bytes data = packed_zeros(pixels * shape.samples * shape.bits / 8);
    std::vector<std::pair<unsigned, std::uint32_t>> entries{{256, shape.width},
                                                            {257, shape.height},
                                                            {258, shape.bits},
                                                            {259, 8U},
                                                            {262, shape.samples >= 3 ? 2U : 1U}};
    const std::size_t entry_count = tiled ? 10 : 9;
    const auto data_at = static_cast<std::uint32_t>(8 + 2 + 12 * entry_count + 4);
    const auto data_size = static_cast<std::uint32_t>(data.size());
    if (!tiled) entries.emplace_back(273, data_at);
    entries.emplace_back(277, shape.samples);
    if (tiled) {
        for (const auto& entry : {std::pair{322U, shape.tile}, std::pair{323U, shape.tile},
                                  std::pair{324U, data_at}, std::pair{325U, data_size}})
            entries.emplace_back(entry);
    } else {
        entries.emplace_back(278, shape.height);
        entries.emplace_back(279, data_size);
    }
    Bytes out;
    append(out, std::string{"II*\0\x08\0\0\0", 8});
    append_little(out, entries.size(), 2);
    for (const auto& [tag, value] : entries) {
        append_little(out, tag, 2);
        append_little(out, tag == 258 ? 3 : 4, 2); // a short, for some readers' sake; long
        append_little(out, 1, 4);
        append_little(out, value, 4);
    }
    append_little(out, 0, 4);
    append(out, data);
    return out;
}

} // namespace cp::bombs
