#include "imaging/container.hpp"

#include "base/check.hpp"
#include "crypto/aes_ctr.hpp"
#include "crypto/digest.hpp"
#include "imaging/container_layout.hpp"

#include <algorithm>

namespace cp::imaging {
using namespace container_layout;

namespace {

constexpr std::size_t chunk_size = std::size_t{16} * 1024; // stays in the first-level cache

bool decrypts_to(ByteView file, const Header& header, const FileKey& key, ByteView plaintext) {
    const ByteView ciphertext = file.subspan(container_header_size, static_cast<std::size_t>(header.size));
    if (ciphertext.size() != plaintext.size()) return false;
    Aes128Ctr cipher{key.keys.enc, header.counter_block};
    std::array<std::byte, chunk_size> chunk;
    for (std::size_t at = 0; at < plaintext.size(); at += chunk_size) {
        const auto opened = std::span{chunk}.first(std::min(chunk_size, plaintext.size() - at));
        cipher.apply(ciphertext.subspan(at, opened.size()), opened);
        if (!equal_constant_time(opened, plaintext.subspan(at, opened.size()))) return false;
    }
    return true;
}

Bytes decrypt_authentic(ByteView file, const Header& header, const FileKey& key) {
    const ByteView ciphertext = file.subspan(container_header_size, static_cast<std::size_t>(header.size));
    Bytes plaintext(ciphertext.size());
    Aes128Ctr{key.keys.enc, header.counter_block}.apply(ciphertext, plaintext);
    return plaintext;
}

} // namespace

Result<Header> read_header(ByteView start, std::uint64_t file_size, std::uint64_t plaintext_max) {
    if (start.size() < container_header_size || file_size < container_overhead) return errc::truncated;
    ByteReader reader{start};
    if (as_text(reader.take(magic.size())) != magic) return errc::wrong_magic;
    if (reader.u8() != version) return errc::wrong_version;
    Header header;
    const std::uint8_t profile = reader.u8();
    header.parameters = {.profile = static_cast<Profile>(profile),
                         .scrypt_log2_n = reader.u8(),
                         .scrypt_r = reader.u8(),
                         .cost = reader.u32()};
    const std::uint32_t reserved = reader.u32();
    header.salt = reader.array<16>();
    header.counter_block = reader.array<16>();
    header.size = reader.u64();

    const auto low_counter = ByteView{header.counter_block}.subspan<12>();
    if (reserved != 0 || ByteReader{low_counter}.u32() != 0) return errc::bad_field;
    if (header.size > plaintext_max) return errc::too_large;
    const std::uint64_t room = file_size - container_overhead;
    if (header.size != room) return header.size > room ? errc::truncated : errc::trailing_bytes;
    switch (header.parameters.profile) {
    case Profile::username:
    case Profile::passphrase_scrypt:
    case Profile::passphrase_pbkdf2:
    case Profile::key_file: return header;
    }
    return errc::bad_profile;
}

Result<void> authenticate(ByteView file, const Header& header, const FileKey& key) {
    CP_CHECK(file.size() == header.size + container_overhead);
    if (header.parameters != key.parameters || header.salt != key.salt) return errc::wrong_key;
    const Digest check = hmac_sha256(key.keys.mac, file.first(key_check_at));
    if (!equal_constant_time(ByteView{check}.first(key_check_size),
                             file.subspan(key_check_at, key_check_size))) {
        return errc::wrong_key;
    }
    const Digest tag = hmac_sha256(key.keys.mac, file.first(file.size() - container_tag_size));
    if (!equal_constant_time(tag, file.last(container_tag_size))) return errc::damaged;
    return {};
}

Result<void> check_holds(ByteView file, const FileKey& key, ByteView plaintext, const ParallelFor& spread) {
    const auto header = read_header(file, file.size(), plaintext.size());
    if (!header) return header.error();
    if (auto ok = check(header->parameters); !ok) return ok;
    Result<void> authentic;
    bool same = false;
    spread(2, [&](std::size_t job) {
        if (job == 0)
            authentic = authenticate(file, *header, key);
        else
            same = decrypts_to(file, *header, key, plaintext);
    });
    if (!authentic) return authentic;
    if (!same) return errc::digest_mismatch;
    return {};
}

Result<Bytes> decrypt(ByteView file, const Secret& secret, std::uint64_t plaintext_max) {
    const auto header = read_header(file, file.size(), plaintext_max);
    if (!header) return header.error();
    const auto key = derive_file_key(secret, header->parameters, header->salt);
    if (!key) return key.error();
    if (auto ok = authenticate(file, *header, *key); !ok) return ok.error();
    return decrypt_authentic(file, *header, *key);
}

Result<Bytes> decrypt(ByteView file, const FileKey& key, std::uint64_t plaintext_max) {
    const auto header = read_header(file, file.size(), plaintext_max);
    if (!header) return header.error();
    if (auto ok = check(header->parameters); !ok) return ok.error();
    if (auto ok = authenticate(file, *header, key); !ok) return ok.error();
    return decrypt_authentic(file, *header, key);
}

} // namespace cp::imaging
