#include "imaging/picture.hpp"

#include "base/check.hpp"

#include <algorithm>

namespace cp::imaging {

Picture blank_picture(std::uint32_t width, std::uint32_t height, std::uint8_t channels,
                      std::uint8_t bytes_per_sample) {
    CP_CHECK(width > 0 && height > 0 && channels >= 1 && channels <= 4);
    CP_CHECK(bytes_per_sample == 1 || bytes_per_sample == 2);
    Picture picture{width, height, channels, bytes_per_sample, {}, {}};
    auto samples = std::make_shared<Bytes>(picture.row_bytes() * height);
    picture.samples = *samples;
    picture.owner = std::move(samples);
    return picture;
}

} // namespace cp::imaging
