// The cluster key as a value and as text, and the key derivation functions. Reads no file and draws no random
// number: shared/config opens key files, the shells ask the operating system for randomness.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cp {

// The secret that all members of a cluster share. Never logged: fingerprint() is what people compare.
struct ClusterKey {
    std::array<std::byte, 32> bytes{};
};

// 64 hexadecimal digits of either case, white space around them allowed (a file ends with a newline).
// Errors: bad_field for another character, truncated or trailing_bytes for another number of digits.
[[nodiscard]] Result<ClusterKey> parse_cluster_key(std::string_view text);
[[nodiscard]] std::string to_text(const ClusterKey&); // 64 lower-case digits, no newline

// 16 hexadecimal digits that tell keys apart and say nothing about them: HMAC(key, "CP2P fingerprint").
[[nodiscard]] std::string fingerprint(const ClusterKey&);

// RFC 5869. REQUIRES: out.size() <= 255 * 32.
void hkdf_sha256(ByteView ikm, ByteView salt, ByteView info, std::span<std::byte> out);

// RFC 7914: cost is N (a power of two above 1), block_size r, parallelism p. Takes 128 * N * r bytes of
// memory. Errors: bad_field for parameters that the RFC excludes, too_large when the memory is not to be had.
struct ScryptParameters {
    std::uint64_t cost = 0;
    std::uint32_t block_size = 0;
    std::uint32_t parallelism = 0;
};
[[nodiscard]] Result<void> scrypt(ByteView passphrase, ByteView salt, const ScryptParameters&,
                                  std::span<std::byte> out);

// RFC 8018 with HMAC-SHA-256. REQUIRES: iterations > 0.
void pbkdf2_hmac_sha256(ByteView passphrase, ByteView salt, std::uint32_t iterations,
                        std::span<std::byte> out);

} // namespace cp
