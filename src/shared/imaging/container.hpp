// CPE1, the encrypted image file: a 64-byte header, AES-128-CTR ciphertext, an HMAC-SHA-256 tag
// (encrypt-then-MAC). The format, byte for byte, is in docs/formats.md; the openssl command line reads it
// too. Pure functions over the caller's bytes; safe from any thread. Draws no random number: salt and counter
// come in (job.hpp derives them). A reader releases nothing that it has not authenticated.
//
// A writer:  derive_file_key() where the secret is (the client), encrypt() where the work is (the leader).
// A reader:  decrypt(), which is read_header(), derive_file_key(), authenticate() and the keystream.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "imaging/parallel_for.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <variant>

namespace cp::imaging {

inline constexpr std::size_t container_header_size = 64;
inline constexpr std::size_t container_tag_size = 32;
inline constexpr std::size_t container_overhead = container_header_size + container_tag_size;

// How keys come from what a person has. The values are the file's.
enum class Profile : std::uint8_t {
    username = 1,          // keeps out nobody who knows the name (docs/security.md)
    passphrase_scrypt = 2, // RFC 7914
    passphrase_pbkdf2 = 3, // RFC 8018, HMAC-SHA-256
    key_file = 4,          // 32 random bytes
};

struct KeyParameters {
    Profile profile = Profile::username;
    std::uint8_t scrypt_log2_n = 0; // profile 2: 14..20, else 0
    std::uint8_t scrypt_r = 0;      // profile 2: 1..16, else 0
    std::uint32_t cost = 0; // profile 2: scrypt p, 1..4; profile 3: iterations, 100 000..10 000 000; else 0
    bool operator==(const KeyParameters&) const = default;
};

// bad_profile for a profile nobody assigned, bad_field for work outside the limits above. The most that
// passes costs 2 GiB of memory (scrypt 2^20, r 16) and some seconds.
[[nodiscard]] Result<void> check(const KeyParameters&);

using Salt = std::array<std::byte, 16>;
using CounterStart = std::array<std::byte, 12>; // the counter block's first 12 bytes; 4 zero bytes follow

struct ContainerKeys {
    std::array<std::byte, 16> enc{};
    std::array<std::byte, 32> mac{};
};

// All that one file needs beside its bytes. Two files must not share enc key and counter start.
struct FileKey {
    KeyParameters parameters;
    Salt salt{};
    ContainerKeys keys;
};

// What a person has.
struct Username {
    std::string text; // UTF-8, taken as it is
};
struct Passphrase {
    std::string text; // UTF-8, taken as it is
};
struct UserKey {
    std::array<std::byte, 32> bytes{};
};
using Secret = std::variant<Username, Passphrase, UserKey>;

// Errors: bad_profile when the secret is not what the profile takes, those of check(), and too_large when
// scrypt cannot have its memory. Deliberately slow for passphrases.
[[nodiscard]] Result<FileKey> derive_file_key(const Secret&, const KeyParameters&, const Salt&);

// Told while a file is written: so many of its first bytes are final.
using Written = std::function<void(std::uint64_t bytes)>;

// Writes the whole file. `out` holds the plaintext already, from container_header_size on, or does not
// overlap it. `written`, if any, hears of each piece of 64 KiB of ciphertext, on this thread.
// REQUIRES: out.size() == plaintext.size() + container_overhead. Errors: those of check().
[[nodiscard]] Result<void> encrypt(const FileKey&, const CounterStart&, ByteView plaintext,
                                   std::span<std::byte> out, const Written& written = {});

struct Header {
    KeyParameters parameters; // the profile is a known one; its work is not checked yet
    Salt salt{};
    std::array<std::byte, 16> counter_block{};
    std::uint64_t size = 0; // of the plaintext, in bytes
};

// `start`: the first container_header_size bytes of a file of `file_size` bytes, or more of it.
// Errors, in the order of the checks: truncated, wrong_magic, wrong_version, bad_field (reserved bytes or the
// counter's low bytes not 0), too_large (above `plaintext_max`), truncated or trailing_bytes, bad_profile.
// What it returns is not authentic yet.
[[nodiscard]] Result<Header> read_header(ByteView start, std::uint64_t file_size,
                                         std::uint64_t plaintext_max);

// Whether `file` is whole and made under `key`. REQUIRES: `header` is what read_header() made of `file`.
// Errors: wrong_key (another secret, or a damaged header), damaged.
[[nodiscard]] Result<void> authenticate(ByteView file, const Header& header, const FileKey& key);

// Whether `file` opens under `key` and holds `plaintext`, without keeping a byte of what is in it. Tag and
// comparison are a job each. Errors: those of decrypt(); digest_mismatch: it opens, and holds something else.
[[nodiscard]] Result<void> check_holds(ByteView file, const FileKey&, ByteView plaintext,
                                       const ParallelFor& = one_after_another);

// The plaintext of a file. Errors: those of read_header(), derive_file_key() and authenticate(), in this
// order.
[[nodiscard]] Result<Bytes> decrypt(ByteView file, const Secret&, std::uint64_t plaintext_max);

// The same with keys derived before. A file whose parameters or salt are others than the key's is refused as
// wrong_key: its owner could not open it from the secret alone, whatever its tag says.
[[nodiscard]] Result<Bytes> decrypt(ByteView file, const FileKey&, std::uint64_t plaintext_max);

} // namespace cp::imaging
