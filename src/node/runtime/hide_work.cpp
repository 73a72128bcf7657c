#include "node_app/hide_work.hpp"

#include "imaging/hide_request.hpp"
#include "imaging/lsb.hpp"
#include "pictures/codec.hpp"

#include <algorithm>
#include <new>

namespace cp::node {
namespace {

using imaging::HideRequest;
using imaging::Picture;

Outcome<void> fits_memory(const imaging::ImageInfo& info, std::size_t file, const PictureSettings& settings) {
    const std::uint64_t needed = pictures::hiding_memory(info) + file;
    if (needed <= settings.memory) return {};
    return Failure{errc::too_large, imaging::memory_refusal(info, needed, settings.memory)};
}

imaging::HideJob job_of(const wire::TaskHeader& header, const HideRequest& request) {
    imaging::HideJob job;
    job.seed = header.seed;
    job.keys = request.keys;
    std::copy_n(header.key.keys.begin(), job.body.enc.size(), job.body.enc.begin());
    std::copy_n(header.key.keys.begin() + 16, job.body.mac.size(), job.body.mac.begin());
    job.kind = request.kind;
    job.name = request.name;
    job.payload = request.payload;
    job.height = request.height;
    return job;
}

Outcome<void> hide_in(Picture& picture, const wire::TaskHeader& header, const HideRequest& request,
                      const PictureSettings& settings) {
    const std::uint64_t samples = picture.colour_samples();
    if (request.method == imaging::HideMethod::lsb) {
        if (imaging::lsb_hide(picture, as_text(request.payload))) return {};
        return Failure{errc::too_small, imaging::lsb_refusal(samples, request.payload.size())};
    }
    const auto done = imaging::hide(picture, job_of(header, request), settings.spread);
    if (done) return {};
    if (done.error() != errc::too_small)
        return Failure{code_of(done.error()), "cannot hide: " + done.error().message()};
    return Failure{errc::too_small,
                   imaging::too_small_line(samples, imaging::packed_size(request.name, request.payload))};
}

} // namespace

Outcome<Bytes> hide(const wire::TaskHeader& header, ByteView body, const PictureSettings& settings) try {
    const auto request = imaging::read_hide_request(body);
    if (!request) return Failure{errc::bad_field, "a request to hide that this version cannot read"};
    const auto info = imaging::guard_decode(request->cover, settings.limits);
    if (!info) return info.error();
    if (auto ok = fits_memory(*info, body.size(), settings); !ok) return ok.error();
    auto decoded = pictures::decode(request->cover, settings.limits);
    if (!decoded) return decoded.error();
    if (auto ok = hide_in(decoded->picture, header, *request, settings); !ok) return ok.error();
    if (settings.spoil)
        for (std::byte& sample : decoded->picture.samples) sample ^= std::byte{1};
    return pictures::encode_png(decoded->picture, decoded->metadata);
} catch (const std::bad_alloc&) { // the budget is an account; the machine may have less
    return Failure{errc::busy, "not enough memory for the picture: try again later"};
}

} // namespace cp::node
