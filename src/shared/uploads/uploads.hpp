// What goes into the upload of a task, made from bytes in memory and a secret: header, keys, body. For
// whoever acts as a client of the cluster: the client program, and a node on behalf of who asked it over
// HTTP.
//
// Deterministic but for the header, whose task, seed and time the caller draws. Heavy (key derivation,
// digests): never on a protocol thread. Safe from any thread. Errors are one line for people.
#pragma once

#include "base/payload.hpp"
#include "base/result.hpp"
#include "imaging/container.hpp"
#include "imaging/decode_guard.hpp"
#include "imaging/stego.hpp"
#include "wire/objects.hpp"

#include <cstdint>
#include <string>

namespace cp::uploads {

// How files are protected.
struct Protection {
    imaging::Secret secret;
    imaging::KeyParameters parameters;
};
// With the profile that belongs to this kind of secret; a passphrase by scrypt as RFC 7914 suggests for
// interactive use, doubled since.
[[nodiscard]] Protection protection_by(imaging::Secret);

struct Keyed {
    wire::TaskHeader header;
    imaging::FileKey file_key; // opens the answer
};
// The header of a task on a plain file, with the keys that its command needs. `header.command`: encrypt,
// store, or keep_encrypted. Errors: those of file_key_for().
[[nodiscard]] Outcome<Keyed> keyed(wire::TaskHeader, const Protection&);

struct Upload {
    wire::TaskHeader header;
    Payload object;               // whole (wire/objects.hpp)
    imaging::FileKey file_key;    // opens the answer; of a task that hides it is not set
    std::uint64_t work_bytes = 0; // that a node needs for the work, beside the upload
};

// Header and file as one object; errors as of keyed().
[[nodiscard]] Outcome<Upload> plain_upload(wire::TaskHeader, ByteView file, const Protection&);

struct HideOrder {
    ByteView cover; // the file of the picture
    imaging::HiddenKind kind = imaging::HiddenKind::text;
    std::string name; // of what is hidden, at most imaging::hidden_name_max bytes
    ByteView payload;
    bool plain = false; // by the LSB method
};
struct HideLimits {
    imaging::DecodeLimits decode;
    std::uint64_t memory = std::uint64_t{1} << 30U; // of a node, in bytes
};
// `header.command`: hide or keep_hidden. Refuses what no node could do: those of guard_decode(), too_small,
// too_large, bad_profile.
[[nodiscard]] Outcome<Upload> hide_upload(wire::TaskHeader, const HideOrder&, const Protection&,
                                          const HideLimits&);

} // namespace cp::uploads
