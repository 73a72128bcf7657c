// A decoded picture: samples in memory, and no format. What stego.hpp hides in and what src/shared/pictures
// decodes and encodes. A value whose pixels are shared: copies see the same samples.
#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace cp::imaging {

// Rows from the top, without gaps; the samples of a pixel stand together, colour first (blue, green, red, or
// grey alone), alpha last. Samples of 2 bytes are in the machine's byte order.
struct Picture {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint8_t channels = 0;         // 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha
    std::uint8_t bytes_per_sample = 1; // 1 or 2
    std::shared_ptr<void> owner;       // keeps `samples` alive
    std::span<std::byte> samples;

    [[nodiscard]] std::uint32_t colours() const { return channels >= 3 ? 3 : 1; }
    [[nodiscard]] std::uint64_t pixels() const { return std::uint64_t{width} * height; }
    // What stego.hpp counts: every sample but those of alpha.
    [[nodiscard]] std::uint64_t colour_samples() const { return pixels() * colours(); }
    [[nodiscard]] std::size_t row_bytes() const { return std::size_t{width} * channels * bytes_per_sample; }
};

// All zero. REQUIRES: sides above 0, channels 1..4, bytes_per_sample 1 or 2.
[[nodiscard]] Picture blank_picture(std::uint32_t width, std::uint32_t height, std::uint8_t channels,
                                    std::uint8_t bytes_per_sample = 1);

} // namespace cp::imaging
