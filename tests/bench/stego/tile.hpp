// A piece of a photograph as the detectors look at it: three planes of whole numbers.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace cp::bench {

struct Plane {
    int width = 0;
    int height = 0;
    std::vector<std::int16_t> samples; // by rows

    [[nodiscard]] const std::int16_t* row(int y) const {
        return samples.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    }
    [[nodiscard]] std::int16_t* row(int y) {
        return samples.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
    }
};

[[nodiscard]] Plane blank_plane(int width, int height);

using Tile = std::array<Plane, 3>; // blue, green, red

// PPM (what outguess writes), or anything that pictures::decode() takes. Throws std::runtime_error.
[[nodiscard]] Tile read_tile(const std::string& path);

} // namespace cp::bench
