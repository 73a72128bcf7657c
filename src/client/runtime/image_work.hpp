// What a client does with an image around the network: makes the upload object out of a file, and checks what
// comes back. Blocking and heavy (files, digests, ciphers): never on the protocol thread. Safe from any
// thread.
#pragma once

#include "base/payload.hpp"
#include "base/result.hpp"
#include "imaging/container.hpp"
#include "wire/objects.hpp"

#include <filesystem>
#include <string>

namespace cp::client {

// How this run protects its files: chosen on the command line, the same for all commands.
struct Protection {
    imaging::Secret secret;
    imaging::KeyParameters parameters;
};

struct Limits {
    std::uint64_t image_max = limits::image_max;
    bool any_file = false; // do not insist on an image
};

struct Prepared {
    wire::TaskHeader header;
    Payload object;            // ready to be submitted
    Digest sha256{};           // of the original
    std::uint64_t bytes = 0;   // of the original
    imaging::FileKey file_key; // opens the answer
};

// Reads and checks the file. Errors are one line each: not_found, unreadable, too_large, not_an_image,
// already_encrypted.
[[nodiscard]] Outcome<Payload> read_image(const std::filesystem::path&, const Limits&);

// `task`, `reply_to` and `user` are the session's; seed and time are drawn here.
[[nodiscard]] Outcome<Prepared> prepare(const std::filesystem::path&, wire::TaskCommand,
                                        const wire::TaskHeader& session, const Protection&, const Limits&);

// The encrypted file within an answer, after it was checked: digest, then decryption, then comparison with
// the original. Errors: digest_mismatch, wrong_key, damaged.
[[nodiscard]] Outcome<Payload> verified_file(const Payload& answer, const Prepared&, std::uint64_t image_max);

} // namespace cp::client
