#include "imaging/stego_format.hpp"

#include "base/check.hpp"
#include "crypto/aes_ctr.hpp"
#include "crypto/digest.hpp"
#include "imaging/trellis.hpp"

#include <algorithm>
#include <zstd.h>

namespace cp::imaging {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint8_t compressed_bit = 0x80;
constexpr std::size_t fields_at = 16;
constexpr std::size_t tag_at = 24;

std::array<std::byte, 8> header_tag(ByteView header, const StegoKeys& keys) {
    const Digest tag = hmac_sha256(keys.header_mac, header.first(tag_at));
    return ByteReader{tag}.array<8>();
}

void apply_header_cipher(std::span<std::byte> header, const StegoKeys& keys) {
    const auto block = ByteReader{header}.array<16>(); // the salt
    const auto fields = header.subspan(fields_at, tag_at - fields_at);
    Aes128Ctr{keys.header_enc, block}.apply(fields, fields);
}

// A start of a CPE1 file whose salt, counter and size are known.
Bytes container_header(const StegoHeader& header, ByteView counter_start, const FileKey& key) {
    const CounterStart start = ByteReader{counter_start}.array<12>();
    Bytes empty(container_overhead);
    CP_CHECK(encrypt(key, start, {}, empty).has_value());
    const std::span<std::byte> fields{empty};
    ByteWriter{fields.subspan(48, 8)}.u64(header.size);
    const Digest check = hmac_sha256(key.keys.mac, ByteView{empty}.first(56));
    ByteWriter{fields.subspan(56, 8)}.bytes(ByteView{check}.first(8));
    empty.resize(container_header_size);
    return empty;
}

} // namespace

Bytes seal_header(const StegoHeader& header, const StegoKeys& keys) {
    Bytes out(stego_header_size);
    ByteWriter writer{out};
    writer.bytes(header.salt);
    writer.u8(version);
    writer.u8(static_cast<std::uint8_t>(static_cast<unsigned>(header.kind) |
                                        (header.compressed ? compressed_bit : 0U)));
    writer.u8(static_cast<std::uint8_t>(header.height));
    writer.u8(static_cast<std::uint8_t>(header.profile));
    writer.u32(header.size);
    apply_header_cipher(out, keys);
    writer.bytes(header_tag(out, keys));
    CP_CHECK(writer.ok() && writer.size() == out.size());
    return out;
}

Result<StegoHeader> open_header(ByteView sealed, const StegoKeys& keys) {
    CP_CHECK(sealed.size() == stego_header_size);
    if (!equal_constant_time(header_tag(sealed, keys), sealed.subspan(tag_at))) return errc::nothing_hidden;
    Bytes plain{sealed.begin(), sealed.end()};
    apply_header_cipher(plain, keys);
    ByteReader reader{plain};
    StegoHeader header;
    header.salt = reader.array<16>();
    if (reader.u8() != version) return errc::wrong_version;
    const std::uint8_t kind = reader.u8();
    header.compressed = (kind & compressed_bit) != 0;
    header.kind = static_cast<HiddenKind>(kind & ~compressed_bit);
    header.height = reader.u8();
    header.profile = static_cast<Profile>(reader.u8());
    header.size = reader.u32();
    const bool known = header.kind == HiddenKind::text || header.kind == HiddenKind::file ||
                       header.kind == HiddenKind::image;
    if (!known || !is_trellis_height(header.height) || header.profile != keys.profile) return errc::bad_field;
    return header;
}

// --- the payload

Packed pack(std::string_view name, ByteView data) {
    CP_CHECK(name.size() <= hidden_name_max);
    Packed packed{.compressed = false, .bytes = Bytes(1 + name.size() + data.size())};
    ByteWriter writer{packed.bytes};
    writer.u8(static_cast<std::uint8_t>(name.size()));
    writer.bytes(as_bytes(name));
    writer.bytes(data);

    // What is hidden is small, or many bytes that are compressed already.
    constexpr std::size_t small = std::size_t{256} * 1024;
    const int level = packed.bytes.size() <= small ? 19 : 9;
    Bytes shorter(ZSTD_compressBound(packed.bytes.size()));
    const std::size_t size =
        ZSTD_compress(shorter.data(), shorter.size(), packed.bytes.data(), packed.bytes.size(), level);
    if (ZSTD_isError(size) == 0 && size < packed.bytes.size()) {
        shorter.resize(size);
        packed = {.compressed = true, .bytes = std::move(shorter)};
    }
    return packed;
}

Result<Unpacked> unpack(ByteView packed, bool compressed, std::uint64_t data_max) {
    Bytes plain;
    if (compressed) {
        const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
        if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) return errc::damaged;
        if (size > data_max + 1 + hidden_name_max) return errc::too_large;
        plain.resize(static_cast<std::size_t>(size));
        if (ZSTD_decompress(plain.data(), plain.size(), packed.data(), packed.size()) != size)
            return errc::damaged;
        packed = plain;
    }
    ByteReader reader{packed};
    const std::size_t name_size = reader.u8();
    const ByteView name = reader.take(name_size);
    if (!reader.ok()) return errc::damaged;
    if (reader.left() > data_max) return errc::too_large;
    const ByteView data = reader.rest();
    return Unpacked{std::string{as_text(name)}, Bytes{data.begin(), data.end()}};
}

// --- the body

Result<Bytes> seal_body(ByteView packed, const HideJob& job) {
    const FileKey key{
        .parameters = stego_parameters(job.keys.profile), .salt = derive_salt(job.seed), .keys = job.body};
    const CounterStart start = derive_counter_start(job.seed);
    Bytes file(packed.size() + container_overhead);
    if (auto ok = encrypt(key, start, packed, file); !ok) return ok.error();
    Bytes body(packed.size() + stego_body_overhead);
    ByteWriter writer{body};
    writer.bytes(start);
    writer.bytes(ByteView{file}.subspan(container_header_size));
    CP_CHECK(writer.ok() && writer.size() == body.size());
    return body;
}

Result<Bytes> open_body(ByteView body, const StegoHeader& header, const Secret& secret) {
    CP_CHECK(body.size() == header.size + stego_body_overhead);
    const auto key = derive_file_key(secret, stego_parameters(header.profile), header.salt);
    if (!key) return key.error();
    Bytes file = container_header(header, body.first(12), *key);
    file.insert(file.end(), body.begin() + 12, body.end());
    auto plain = decrypt(file, *key, header.size);
    if (!plain) return errc::damaged;
    return plain;
}

} // namespace cp::imaging
