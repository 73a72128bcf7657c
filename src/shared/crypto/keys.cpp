#include "crypto/keys.hpp"

#include "base/check.hpp"
#include "base/ids.hpp"
#include "crypto/digest.hpp"
#include "crypto/octets.hpp"

#include <cryptopp/hkdf.h>
#include <cryptopp/pwdbased.h>
#include <cryptopp/scrypt.h>
#include <cryptopp/sha.h>

#include <bit>
#include <new>
#include <optional>

namespace cp {
namespace {

std::string_view trimmed(std::string_view text) {
    static constexpr std::string_view space = " \t\r\n";
    const auto first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
    return std::nullopt;
}

} // namespace

Result<ClusterKey> parse_cluster_key(std::string_view text) {
    const std::string_view digits = trimmed(text);
    ClusterKey key;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const auto value = hex_digit(digits[i]);
        if (!value) return errc::bad_field;
        if (i / 2 >= key.bytes.size()) return errc::trailing_bytes;
        key.bytes[i / 2] = key.bytes[i / 2] << 4U | static_cast<std::byte>(*value);
    }
    if (digits.size() < 2 * key.bytes.size()) return errc::truncated;
    return key;
}

std::string to_text(const ClusterKey& key) { return to_hex(key.bytes); }

std::string fingerprint(const ClusterKey& key) {
    const Digest digest = hmac_sha256(key.bytes, as_bytes("CP2P fingerprint"));
    return to_hex(ByteView{digest}.first(8));
}

void hkdf_sha256(ByteView ikm, ByteView salt, ByteView info, std::span<std::byte> out) {
    CP_CHECK(out.size() <= 255 * std::tuple_size_v<Digest>);
    CryptoPP::HKDF<CryptoPP::SHA256>{}.DeriveKey(writable_octets(out), out.size(), octets(ikm), ikm.size(),
                                                 octets(salt), salt.size(), octets(info), info.size());
}

Result<void> scrypt(ByteView passphrase, ByteView salt, const ScryptParameters& p, std::span<std::byte> out) {
    if (p.cost < 2 || !std::has_single_bit(p.cost) || p.block_size == 0 || p.parallelism == 0) {
        return errc::bad_field;
    }
    try {
        CryptoPP::Scrypt{}.DeriveKey(writable_octets(out), out.size(), octets(passphrase), passphrase.size(),
                                     octets(salt), salt.size(), p.cost, p.block_size, p.parallelism);
    } catch (const std::bad_alloc&) {
        return errc::too_large;
    } catch (const CryptoPP::Exception&) { // products of the parameters beyond what the library counts
        return errc::bad_field;
    }
    return {};
}

void pbkdf2_hmac_sha256(ByteView passphrase, ByteView salt, std::uint32_t iterations,
                        std::span<std::byte> out) {
    CP_CHECK(iterations > 0);
    static constexpr unsigned char unused_purpose = 0;
    CryptoPP::PKCS5_PBKDF2_HMAC<CryptoPP::SHA256>{}.DeriveKey(
        writable_octets(out), out.size(), unused_purpose, octets(passphrase), passphrase.size(), octets(salt),
        salt.size(), iterations);
}

} // namespace cp
