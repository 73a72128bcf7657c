#include "tile.hpp"

#include "pictures/codec.hpp"

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace cp::bench {
namespace {

Tile read_ppm(const std::string& file) {
    std::istringstream in{file};
    std::string magic;
    int width = 0;
    int height = 0;
    int highest = 0;
    in >> magic >> width >> height >> highest;
    in.get();
    const auto at = static_cast<std::size_t>(in.tellg());
    const std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    if (!in || highest != 255 || file.size() < at + 3 * pixels) throw std::runtime_error{"a PPM it is not"};
    Tile tile;
    for (std::size_t c = 0; c < 3; ++c) {
        tile[c] = blank_plane(width, height);
        for (std::size_t i = 0; i < pixels; ++i)
            tile[c].samples[i] = static_cast<std::uint8_t>(file[at + 3 * i + 2 - c]);
    }
    return tile;
}

} // namespace

Plane blank_plane(int width, int height) {
    const auto count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    return {width, height, std::vector<std::int16_t>(count)};
}

Tile read_tile(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) throw std::runtime_error{"cannot open " + path};
    const std::string file{std::istreambuf_iterator<char>{in}, {}};
    if (file.starts_with("P6")) return read_ppm(file);
    const auto decoded = pictures::decode(as_bytes(file), {});
    if (!decoded) throw std::runtime_error{path + ": " + decoded.error().line};
    const imaging::Picture& picture = decoded->picture;
    if (picture.channels != 3 || picture.bytes_per_sample != 1)
        throw std::runtime_error{path + ": not 8-bit colour"};
    Tile tile;
    for (std::size_t c = 0; c < 3; ++c) {
        tile[c] = blank_plane(static_cast<int>(picture.width), static_cast<int>(picture.height));
        for (std::size_t i = 0; i < tile[c].samples.size(); ++i)
            tile[c].samples[i] = std::to_integer<std::uint8_t>(picture.samples[3 * i + c]);
    }
    return tile;
}

} // namespace cp::bench
