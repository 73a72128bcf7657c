#include "tiles.hpp"

#include "base/bytes.hpp"

#include <array>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace cp::bench {
namespace {

using imaging::Picture;

constexpr std::uint32_t side = 512;

Picture halved(const Picture& in) {
    Picture out = imaging::blank_picture(in.width / 2, in.height / 2, 3);
    const std::size_t row = in.row_bytes();
    for (std::size_t y = 0; y < out.height; ++y) {
        for (std::size_t i = 0; i < out.row_bytes(); ++i) {
            const std::byte* const at = in.samples.data() + 2 * y * row + i / 3 * 6 + i % 3;
            unsigned sum = 2;
            for (const std::byte sample : {at[0], at[3], at[row], at[row + 3]})
                sum += std::to_integer<unsigned>(sample);
            out.samples[y * out.row_bytes() + i] = static_cast<std::byte>(sum / 4);
        }
    }
    return out;
}

Picture cut(const Picture& in, std::uint32_t left, std::uint32_t top) {
    Picture out = imaging::blank_picture(side, side, 3);
    for (std::uint32_t y = 0; y < side; ++y) {
        const auto row = in.samples.subspan((top + y) * in.row_bytes() + std::size_t{left} * 3, side * 3);
        std::copy(row.begin(), row.end(), out.samples.begin() + y * out.row_bytes());
    }
    return out;
}

bool clipped(const Picture& tile) {
    std::size_t ends = 0;
    for (const std::byte sample : tile.samples)
        ends += sample == std::byte{0} || sample == std::byte{255} ? 1 : 0;
    return ends > tile.samples.size() / 8;
}

void write(const std::string& path, const Bytes& head, const Bytes& body) {
    std::ofstream out{path, std::ios::binary};
    for (const Bytes* part : {&head, &body})
        out.write(reinterpret_cast<const char*>(part->data()), static_cast<std::streamsize>(part->size()));
    if (!out.flush()) throw std::runtime_error{"cannot write " + path};
}

} // namespace

void write_bmp(const Picture& picture, const std::string& path) {
    Bytes head;
    const auto little = [&](std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) head.push_back(static_cast<std::byte>(value >> (8 * i)));
    };
    constexpr std::uint64_t head_size = 54;
    const std::size_t padding = (4 - picture.row_bytes() % 4) % 4;
    const std::uint64_t body_size = (picture.row_bytes() + padding) * picture.height;
    little(0x4d42, 2); // "BM"
    for (const std::uint64_t field : {head_size + body_size, std::uint64_t{0}, head_size, std::uint64_t{40}})
        little(field, 4);
    little(picture.width, 4);
    little(picture.height, 4);
    little(1, 2);
    little(24, 2);
    for (const std::uint64_t field : {std::uint64_t{0}, body_size}) little(field, 4);
    for (const std::uint64_t field : {2835U, 2835U, 0U, 0U}) little(field, 4);
    Bytes body;
    body.reserve(body_size);
    for (std::size_t y = picture.height; y-- > 0;) {
        const auto row = picture.samples.subspan(y * picture.row_bytes(), picture.row_bytes());
        body.insert(body.end(), row.begin(), row.end());
        body.resize(body.size() + padding);
    }
    write(path, head, body);
}

void write_ppm(const Picture& picture, const std::string& path) {
    const std::string head =
        "P6\n" + std::to_string(picture.width) + ' ' + std::to_string(picture.height) + "\n255\n";
    Bytes body(picture.samples.size());
    for (std::size_t i = 0; i < body.size(); ++i) body[i] = picture.samples[i - i % 3 + 2 - i % 3];
    write(path, {as_bytes(head).begin(), as_bytes(head).end()}, body);
}

int cut_tiles(const Picture& photo, const std::string& folder, const std::string& name, int most) {
    if (photo.channels != 3 || photo.bytes_per_sample != 1) return 0;
    const Picture small = halved(photo);
    if (small.width < side || small.height < side) return 0;
    const std::uint32_t columns = (small.width + side - 1) / side;
    const std::uint32_t rows = (small.height + side - 1) / side;
    std::vector<Picture> tiles;
    for (std::uint32_t k = 0; k < columns * rows; ++k) {
        const auto place = [](std::uint32_t i, std::uint32_t count, std::uint32_t whole) {
            return count == 1 ? (whole - side) / 2 : i * (whole - side) / (count - 1);
        };
        Picture tile =
            cut(small, place(k % columns, columns, small.width), place(k / columns, rows, small.height));
        if (!clipped(tile)) tiles.push_back(std::move(tile));
    }
    const auto count = std::min<std::size_t>(tiles.size(), static_cast<std::size_t>(most));
    for (std::size_t i = 0; i < count; ++i) {
        const Picture& tile = tiles[i * tiles.size() / count];
        std::string ending = "-";
        ending += std::to_string(i);
        write_bmp(tile, folder + "/bmp/" + name + ending + ".bmp");
        write_ppm(tile, folder + "/ppm/" + name + ending + ".ppm");
    }
    return static_cast<int>(count);
}

} // namespace cp::bench
