// What a client does with an image around the network: makes the upload object out of a file, and checks what
// comes back. Blocking and heavy (files, digests, ciphers): never on the protocol thread. Safe from any
// thread.
#pragma once

#include "base/payload.hpp"
#include "base/result.hpp"
#include "files/files.hpp"
#include "imaging/container.hpp"
#include "imaging/stego.hpp"
#include "uploads/uploads.hpp"
#include "wire/objects.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace cp::client {

// How this run protects its files: chosen on the command line, the same for all commands.
using uploads::Protection;

struct Limits {
    std::uint64_t image_max = limits::image_max;
    bool any_file = false; // do not insist on an image
};

struct Prepared {
    wire::TaskHeader header;
    Payload object;   // ready to be submitted
    Payload original; // the image within it
    // The digest's place at its end, as long as it is not there: complete() has to fill it in.
    std::span<std::byte> digest_to_come;
    Digest sha256{};              // of the original
    std::uint64_t bytes = 0;      // of the original
    imaging::FileKey file_key;    // opens the answer
    std::uint64_t work_bytes = 0; // that a node needs for it, beside the upload
    // Of a task that hides: what the picture must give back. sha256 and bytes are the payload's.
    struct Hidden {
        imaging::HiddenKind kind = imaging::HiddenKind::text;
        std::string name;
        std::string cover; // path
        bool plain = false;
    };
    std::optional<Hidden> hidden;
};

// Time, seed and name of a task; `session` has the rest.
[[nodiscard]] wire::TaskHeader new_header(const wire::TaskHeader& session, wire::TaskCommand,
                                          const std::filesystem::path&);

// Reads and checks the file, with room around it. Errors are one line each: not_found, unreadable, too_large,
// not_an_image, already_encrypted.
[[nodiscard]] Outcome<FileInMemory> read_image(const std::filesystem::path&, const Limits&,
                                               std::size_t front = 0, std::size_t back = 0);

// `task`, `reply_to` and `user` are the session's; seed and time are drawn here. Of a large file the object
// may be sent at once up to `digest_to_come`, while complete() goes over it.
[[nodiscard]] Outcome<Prepared> prepare(const std::filesystem::path&, wire::TaskCommand,
                                        const wire::TaskHeader& session, const Protection&, const Limits&);

void complete(Prepared&);

// Writes the encrypted file within an answer to the folder of `path` while it is checked: digest, tag,
// decryption, comparison with the original, byte for byte. What comes back still has to get its name.
struct VerifiedFile {
    Outcome<void> verified;           // errors: digest_mismatch, wrong_key, damaged
    Outcome<UnpublishedFile> written; // not to be published unless it is verified
};
[[nodiscard]] VerifiedFile verify_and_write(const Payload& answer, const Prepared&,
                                            const std::filesystem::path& path);

} // namespace cp::client
