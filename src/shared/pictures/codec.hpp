// Picture files to samples and back. Guards what it is given (imaging/decode_guard.hpp), then leaves the work
// to OpenCV, in a library of its own that is loaded when it is first needed (plugin.h).
// Heavy: call it from a worker. Safe from any thread.
#pragma once

#include "base/result.hpp"
#include "imaging/decode_guard.hpp"
#include "imaging/metadata.hpp"
#include "imaging/picture.hpp"

namespace cp::pictures {

struct Decoded {
    imaging::Picture picture;   // turned upright; grey when every pixel is
    imaging::Metadata metadata; // says that it is upright
};

// Errors, one line each: those of guard_decode(), unreadable or not_an_image (what the decoder refused), busy
// (no memory), internal (the library is not there).
[[nodiscard]] Outcome<Decoded> decode(ByteView file, const imaging::DecodeLimits&);

// The whole PNG file, with the metadata that a PNG can carry. Errors: busy, internal.
[[nodiscard]] Outcome<Bytes> encode_png(const imaging::Picture&, const imaging::Metadata&);

// The most memory that decoding, hiding and encoding take at once, beside the file itself.
[[nodiscard]] std::uint64_t hiding_memory(const imaging::ImageInfo&);

} // namespace cp::pictures
