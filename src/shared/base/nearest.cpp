#include "base/nearest.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace cp {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    constexpr std::size_t longest = 64;
    a = a.substr(0, longest);
    b = b.substr(0, longest);
    std::array<std::size_t, longest + 1> row{}; // distances of a's prefix so far to every prefix of b
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({substituted, diagonal + 1, row[j] + 1});
        }
    }
    return row[b.size()];
}

std::string_view nearest(std::string_view name, std::span<const std::string_view> known) {
    return *std::ranges::min_element(known, {}, [&](std::string_view k) { return edit_distance(name, k); });
}

} // namespace cp
