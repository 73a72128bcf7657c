// What a node does with a request to hide something: decode, hide, encode. Runs on a worker, spread over
// more; deterministic, like all work. Safe from any thread.
#pragma once

#include "base/result.hpp"
#include "imaging/decode_guard.hpp"
#include "imaging/parallel_for.hpp"
#include "wire/objects.hpp"

namespace cp::node {

struct PictureSettings {
    imaging::DecodeLimits limits;
    std::uint64_t memory = std::uint64_t{1} << 30U; // for the file and everything made of it, in bytes
    imaging::ParallelFor spread = imaging::one_after_another;
    bool spoil = false; // tests: answer with something else than was asked for
};

// The PNG file. `body`: imaging/hide_request.hpp. Errors, one line each for the client's user: too_small
// (with the size that would do), too_large, busy, and those of reading and decoding.
[[nodiscard]] Outcome<Bytes> hide(const wire::TaskHeader&, ByteView body, const PictureSettings&);

} // namespace cp::node
