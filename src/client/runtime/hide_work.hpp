// What a client does around `hide`, `extract` and `capacity`: makes the request, checks the picture that
// comes back, finds what is hidden in one. Blocking and heavy: never on the protocol thread.
#pragma once

#include "client_app/image_work.hpp"
#include "client_core/command.hpp"
#include "imaging/decode_guard.hpp"

#include <filesystem>
#include <string>

namespace cp::client {

struct PictureLimits {
    Limits files;
    imaging::DecodeLimits decode;
    std::uint64_t memory = std::uint64_t{1} << 30U; // of a node, in bytes
};

// Refuses what no node could do, before anything is sent. Errors: those of read_image(), guard_decode(),
// too_small, too_large.
[[nodiscard]] Outcome<Prepared> prepare_hide(const Hide&, const wire::TaskHeader& session, const Protection&,
                                             const PictureLimits&);

// The picture within an answer, after what is hidden in it was found and compared.
struct VerifiedPicture {
    Payload png;
    double bits_per_sample = 0;
};
// Errors: digest_mismatch, damaged, nothing_hidden and those of decoding.
[[nodiscard]] Outcome<VerifiedPicture> verified_picture(const Payload& answer, const Prepared&,
                                                        const Protection&, const PictureLimits&);

struct Found {
    imaging::Hidden hidden;
    double bits_per_sample = 0;
};
// `plain`: by the LSB method. Errors: those of read_file(), decoding and extract().
[[nodiscard]] Outcome<Found> find_hidden(const std::filesystem::path&, bool plain, const Protection&,
                                         std::string_view user, const PictureLimits&);

} // namespace cp::client
