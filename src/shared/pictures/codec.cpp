#include "pictures/codec.hpp"

#include "pictures/grey.hpp"
#include "pictures/load_plugin.hpp"

#include <memory>

namespace cp::pictures {
namespace {

using imaging::Picture;

constexpr int png_level = 3;

Failure failure_of(cp_result result) {
    switch (result) {
    case cp_not_decodable: return {errc::unreadable, "a damaged picture, or one that is cut short"};
    case cp_no_memory: return {errc::busy, "not enough memory for the picture"};
    case cp_depth_not_supported: return {errc::not_an_image, "neither 8 nor 16 bits a sample: not supported"};
    case cp_failed:
    case cp_done: break;
    }
    return {errc::internal, "the picture library failed"};
}

Picture picture_of(const cp_samples& samples, cp_release_function* release) {
    Picture picture{samples.width, samples.height, samples.channels, samples.bytes_per_sample, {}, {}};
    picture.owner = std::shared_ptr<void>{samples.owner, release};
    picture.samples = {reinterpret_cast<std::byte*>(samples.data), picture.row_bytes() * samples.height};
    return picture;
}

} // namespace

Outcome<Decoded> decode(ByteView file, const imaging::DecodeLimits& limits) {
    const auto info = imaging::guard_decode(file, limits);
    if (!info) return info.error();
    const auto library = plugin();
    if (!library) return library.error();
    Decoded out;
    out.metadata = imaging::read_metadata(file, info->format);
    cp_samples samples{};
    const cp_result result = (*library)->decode(reinterpret_cast<const unsigned char*>(file.data()),
                                                file.size(), out.metadata.orientation, &samples);
    if (result != cp_done) return failure_of(result);
    out.picture = grey_if_grey(picture_of(samples, (*library)->release_samples));
    imaging::set_upright(out.metadata);
    return out;
}

Outcome<Bytes> encode_png(const Picture& picture, const imaging::Metadata& metadata) {
    const auto library = plugin();
    if (!library) return library.error();
    const Picture source = encodable(picture);
    const cp_samples samples{source.width,
                             source.height,
                             source.channels,
                             source.bytes_per_sample,
                             reinterpret_cast<unsigned char*>(source.samples.data()),
                             nullptr};
    cp_file file{};
    if (const cp_result result = (*library)->encode_png(&samples, png_level, &file); result != cp_done)
        return failure_of(result);
    const std::unique_ptr<void, cp_release_function*> owner{file.owner, (*library)->release_file};

    const auto png = std::as_bytes(std::span{file.data, file.size});
    const Bytes chunks = imaging::png_chunks(metadata, source.colours() == 3);
    Bytes out;
    out.reserve(png.size() + chunks.size());
    out.insert(out.end(), png.begin(), png.begin() + imaging::png_chunks_at);
    out.insert(out.end(), chunks.begin(), chunks.end());
    out.insert(out.end(), png.begin() + imaging::png_chunks_at, png.end());
    return out;
}

std::uint64_t hiding_memory(const imaging::ImageInfo& info) {
    const std::uint64_t pixels = std::uint64_t{info.width} * info.height;
    const std::uint64_t decoded = pixels * info.bytes_per_pixel;
    // Samples; the costs, one byte a sample, while the trellis runs; then the PNG while it grows: twice, and
    // once more for what the heap of a process that has had pictures before does not give back.
    constexpr std::uint64_t trellis = std::uint64_t{64} << 20U;
    return decoded + std::max(pixels * 3, 3 * decoded) + trellis;
}

} // namespace cp::pictures
