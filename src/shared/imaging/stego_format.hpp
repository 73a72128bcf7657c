// What the hidden bits mean: a header of constant length, sealed under the header key, and the variable parts
// of a CPE1 file. docs/formats.md has it byte for byte. Private to the steganography.
#pragma once

#include "base/result.hpp"
#include "imaging/stego.hpp"

#include <cstdint>

namespace cp::imaging {

inline constexpr std::size_t stego_header_size = 32;                        // salt 16, fields 8, tag 8
inline constexpr std::size_t stego_body_overhead = 12 + container_tag_size; // counter start and tag
inline constexpr std::uint32_t header_samples = 4096;                       // 256 bits at a rate of 1/16
inline constexpr unsigned header_height = 8;

struct StegoHeader {
    Salt salt{};
    HiddenKind kind = HiddenKind::text;
    bool compressed = false;
    unsigned height = 8;
    Profile profile = Profile::username;
    std::uint32_t size = 0; // of the packed payload

    [[nodiscard]] std::uint64_t body_bits() const { return 8 * (std::uint64_t{stego_body_overhead} + size); }
};

// Bits of header and body for so many packed bytes.
[[nodiscard]] constexpr std::uint64_t bits_for(std::uint64_t packed) {
    return 8 * (std::uint64_t{stego_header_size} + stego_body_overhead + packed);
}
// Whether so many packed bytes may be hidden at a rate (stego.hpp).
[[nodiscard]] bool stego_fits(std::uint64_t samples, std::uint64_t packed, unsigned rate);

[[nodiscard]] Bytes seal_header(const StegoHeader&, const StegoKeys&);
// Errors: nothing_hidden (the tag is not this key's), wrong_version, bad_field.
[[nodiscard]] Result<StegoHeader> open_header(ByteView, const StegoKeys&);

// Name and data as one run of bytes, compressed when that makes it shorter.
struct Packed {
    bool compressed = false;
    Bytes bytes;
};
[[nodiscard]] Packed pack(std::string_view name, ByteView data);
struct Unpacked {
    std::string name;
    Bytes data;
};
// Errors: damaged, too_large.
[[nodiscard]] Result<Unpacked> unpack(ByteView, bool compressed, std::uint64_t data_max);

// The CPE1 file of `packed` without what the reader knows, and back.
[[nodiscard]] Result<Bytes> seal_body(ByteView packed, const HideJob&);
// Errors: damaged, and those of derive_file_key().
[[nodiscard]] Result<Bytes> open_body(ByteView body, const StegoHeader&, const Secret&);

} // namespace cp::imaging
