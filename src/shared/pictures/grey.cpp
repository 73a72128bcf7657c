#include "pictures/grey.hpp"

#include <cstring>

namespace cp::pictures {
namespace {

using imaging::Picture;

bool is_grey(const Picture& picture) {
    if (picture.channels < 3) return false;
    const std::size_t sample = picture.bytes_per_sample;
    const std::size_t pixel = picture.channels * sample;
    for (std::size_t at = 0; at < picture.samples.size(); at += pixel) {
        const std::byte* p = picture.samples.data() + at;
        if (std::memcmp(p, p + sample, sample) != 0 || std::memcmp(p, p + 2 * sample, sample) != 0)
            return false;
    }
    return true;
}

// Copies for each pixel of `out` the samples that `source_of` names for its channels.
template <class SourceOf>
Picture rearranged(const Picture& picture, std::uint8_t channels, SourceOf source_of) {
    Picture out = imaging::blank_picture(picture.width, picture.height, channels, picture.bytes_per_sample);
    const std::size_t sample = picture.bytes_per_sample;
    for (std::uint64_t i = 0; i < picture.pixels(); ++i) {
        for (std::size_t c = 0; c < channels; ++c)
            std::memcpy(out.samples.data() + (i * channels + c) * sample,
                        picture.samples.data() + (i * picture.channels + source_of(c)) * sample, sample);
    }
    return out;
}

} // namespace

Picture grey_if_grey(const Picture& picture) {
    if (!is_grey(picture)) return picture;
    const bool alpha = picture.channels == 4;
    return rearranged(picture, alpha ? 2 : 1, [](std::size_t c) { return c == 0 ? 0U : 3U; });
}

Picture encodable(const Picture& picture) {
    if (picture.channels != 2) return picture;
    return rearranged(picture, 4, [](std::size_t c) { return c < 3 ? 0U : 1U; });
}

} // namespace cp::pictures
