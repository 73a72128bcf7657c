#include "rich_model.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace cp::bench {
namespace {

// --- residuals: a plane smaller by `border` samples on each side, and what it is divided by.
struct Residual {
    Plane plane;
    int order = 1;
};

template <class At>
Plane filtered(const Plane& in, int border, At at) {
    Plane out = blank_plane(in.width - 2 * border, in.height - 2 * border);
    for (int y = 0; y < out.height; ++y) {
        std::int16_t* row = out.row(y);
        for (int x = 0; x < out.width; ++x) {
            const std::int16_t* centre = in.row(y + border) + x + border;
            row[x] = static_cast<std::int16_t>(at(centre, in.width));
        }
    }
    return out;
}

// Along one step (1: to the right, the width: down).
template <int Order>
int difference(const std::int16_t* s, std::ptrdiff_t step) {
    if constexpr (Order == 1) return s[step] - s[0];
    if constexpr (Order == 2) return s[-step] - 2 * s[0] + s[step];
    if constexpr (Order == 3) return -s[-step] + 3 * s[0] - 3 * s[step] + s[2 * step];
}

template <int Order>
Residual along(const Plane& in, bool down) {
    const std::ptrdiff_t step = down ? in.width : 1;
    return {filtered(in, 2, [step](const std::int16_t* s, int) { return difference<Order>(s, step); }),
            Order};
}

Residual square_3(const Plane& in) {
    return {filtered(in, 1,
                     [](const std::int16_t* s, int w) {
                         return 2 * (s[-1] + s[1] + s[-w] + s[w]) - s[-w - 1] - s[-w + 1] - s[w - 1] -
                                s[w + 1] - 4 * s[0];
                     }),
            4};
}

Residual square_5(const Plane& in) {
    static constexpr int kernel[5][5] = {
        {-1, 2, -2, 2, -1}, {2, -6, 8, -6, 2}, {-2, 8, -12, 8, -2}, {2, -6, 8, -6, 2}, {-1, 2, -2, 2, -1}};
    return {filtered(in, 2,
                     [](const std::int16_t* s, int w) {
                         int sum = 0;
                         for (int y = -2; y <= 2; ++y)
                             for (int x = -2; x <= 2; ++x) sum += kernel[y + 2][x + 2] * s[y * w + x];
                         return sum;
                     }),
            12};
}

// The least, and with its sign changed the greatest, of the differences to four sides.
template <int Order, bool greatest>
Residual extreme(const Plane& in) {
    return {filtered(in, 3,
                     [](const std::int16_t* s, int w) {
                         const int a = difference<Order>(s, 1);
                         const int b = difference<Order>(s, -1);
                         const int c = difference<Order>(s, w);
                         const int d = difference<Order>(s, -w);
                         return greatest ? -std::max(std::max(a, b), std::max(c, d))
                                         : std::min(std::min(a, b), std::min(c, d));
                     }),
            Order};
}

// Divided by `by`, to the nearest (ties away from 0), at most T either way.
template <int T>
Plane quantised(const Plane& in, int by) {
    Plane out = in;
    for (auto& s : out.samples) {
        // Steps up and steps down, counted: no division.
        int level = 0;
        for (int k = 1; k <= T; ++k) {
            const int bound = (2 * k - 1) * by;
            level += 2 * s >= bound ? 1 : 0;
            level -= 2 * s <= -bound ? 1 : 0;
        }
        s = static_cast<std::int16_t>(level);
    }
    return out;
}

// --- co-occurrences: counts by the number that `Length` quantised values spell in base 2T + 1.
template <int T, int Length>
struct Counts {
    static constexpr int base = 2 * T + 1;
    static constexpr int cells = [] {
        int product = 1;
        for (int i = 0; i < Length; ++i) product *= base;
        return product;
    }();
    std::vector<std::uint32_t> of = std::vector<std::uint32_t>(cells);

    void add(const Plane& q, bool down) {
        const std::ptrdiff_t step = down ? q.width : 1;
        const int width = q.width - (down ? 0 : Length - 1);
        const int height = q.height - (down ? Length - 1 : 0);
        std::vector<std::uint16_t> row_cells(static_cast<std::size_t>(width));
        for (int y = 0; y < height; ++y) {
            const std::int16_t* row = q.row(y);
            for (int x = 0; x < width; ++x) { // apart from the counting, so that it can be done in vectors
                int cell = 0;
                for (int i = 0; i < Length; ++i) cell = cell * base + row[x + i * step] + T;
                row_cells[static_cast<std::size_t>(x)] = static_cast<std::uint16_t>(cell);
            }
            for (const std::uint16_t cell : row_cells) ++of[cell];
        }
    }
};

// Cells that mirror images of a picture would exchange are one: by direction, and where `signs`, by sign.
template <int T, int Length>
void append_symmetric(const Counts<T, Length>& counts, bool signs, std::vector<float>& out) {
    double sum = 0;
    for (const std::uint32_t c : counts.of) sum += c;
    const auto spelt = [](int cell, bool backwards, bool negative) {
        int digits[Length];
        for (int i = Length - 1; i >= 0; --i) {
            digits[i] = cell % (2 * T + 1);
            cell /= 2 * T + 1;
        }
        int other = 0;
        for (int i = 0; i < Length; ++i) {
            const int digit = digits[backwards ? Length - 1 - i : i];
            other = other * (2 * T + 1) + (negative ? 2 * T - digit : digit);
        }
        return other;
    };
    for (int cell = 0; cell < Counts<T, Length>::cells; ++cell) {
        int same[4] = {cell, spelt(cell, true, false), cell, cell};
        if (signs) {
            same[2] = spelt(cell, false, true);
            same[3] = spelt(cell, true, true);
        }
        if (*std::min_element(same, same + 4) < cell) continue;
        std::sort(same, same + 4);
        const auto* end = std::unique(same, same + 4);
        double value = 0;
        for (const int* c = same; c != end; ++c) value += counts.of[static_cast<std::size_t>(*c)];
        out.push_back(static_cast<float>(value / sum));
    }
}

constexpr int rich_t = 2;

// One set of numbers for a residual made by `make` of each plane: along its own direction and across it.
using MakeAlong = Residual (*)(const Plane&, bool down);
void append_linear(const std::vector<Plane>& planes, MakeAlong make, std::vector<float>& out) {
    for (const int factor : {1, 2}) {
        Counts<rich_t, 4> with;
        Counts<rich_t, 4> across;
        for (const Plane& plane : planes) {
            for (const bool down : {false, true}) {
                const Residual residual = make(plane, down);
                const Plane q = quantised<rich_t>(residual.plane, residual.order * factor);
                with.add(q, down);
                across.add(q, !down);
            }
        }
        append_symmetric(with, true, out);
        append_symmetric(across, true, out);
    }
}

// Without a direction of its own.
using MakePlain = Residual (*)(const Plane&);
void append_plain(const std::vector<Plane>& planes, const std::vector<MakePlain>& makes, bool signs,
                  int factors, std::vector<float>& out) {
    for (int factor = 1; factor <= factors; ++factor) {
        Counts<rich_t, 4> counts;
        for (const Plane& plane : planes) {
            for (const MakePlain& make : makes) {
                const Residual residual = make(plane);
                const Plane q = quantised<rich_t>(residual.plane, residual.order * factor);
                counts.add(q, false);
                counts.add(q, true);
            }
        }
        append_symmetric(counts, signs, out);
    }
}

void append_model(const std::vector<Plane>& planes, std::vector<float>& out) {
    for (const MakeAlong make : {along<1>, along<2>, along<3>}) append_linear(planes, make, out);
    append_plain(planes, {square_3}, true, 2, out);
    append_plain(planes, {square_5}, true, 2, out);
    append_plain(planes, {extreme<1, false>, extreme<1, true>}, false, 1, out);
    append_plain(planes, {extreme<2, false>, extreme<2, true>}, false, 1, out);
    append_plain(planes, {extreme<3, false>, extreme<3, true>}, false, 1, out);
}

} // namespace

std::vector<float> spam_686(const Tile& tile) {
    constexpr int t = 3;
    constexpr std::size_t cells = 343;
    std::vector<float> out(2 * cells);
    constexpr int steps[8][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {-1, -1}, {1, -1}, {-1, 1}};
    for (std::size_t k = 0; k < 8; ++k) {
        std::vector<std::uint32_t> counts(cells);
        for (const Plane& plane : tile) {
            const std::ptrdiff_t step = steps[k][1] * plane.width + steps[k][0];
            for (int y = 3; y + 3 < plane.height; ++y) {
                const std::int16_t* row = plane.row(y);
                for (int x = 3; x + 3 < plane.width; ++x) {
                    std::size_t cell = 0;
                    for (int i = 0; i < 3; ++i) {
                        const int d = row[x + i * step] - row[x + (i + 1) * step];
                        cell = cell * 7 + static_cast<std::size_t>(std::clamp(d, -t, t) + t);
                    }
                    ++counts[cell];
                }
            }
        }
        // Chances of the third difference after the two before it.
        for (std::size_t pair = 0; pair < cells; pair += 7) {
            double sum = 0;
            for (std::size_t i = 0; i < 7; ++i) sum += counts[pair + i];
            for (std::size_t i = 0; i < 7 && sum > 0; ++i)
                out[(k < 4 ? 0 : cells) + pair + i] += static_cast<float>(counts[pair + i] / sum / 4);
        }
    }
    return out;
}

std::vector<float> rich_model(const Tile& tile) {
    std::vector<float> out;
    append_model({tile[0], tile[1], tile[2]}, out);
    return out;
}

std::vector<float> colour_model(const Tile& tile) {
    constexpr int t = 3;
    std::vector<float> out;
    const std::vector<MakePlain> makes{[](const Plane& p) { return along<1>(p, false); },
                                       [](const Plane& p) { return along<1>(p, true); },
                                       [](const Plane& p) { return along<2>(p, false); },
                                       [](const Plane& p) { return along<2>(p, true); },
                                       square_3,
                                       square_5};
    for (const MakePlain& make : makes) {
        Counts<t, 3> counts;
        std::array<Plane, 3> q;
        for (std::size_t c = 0; c < 3; ++c) {
            const Residual residual = make(tile[c]);
            q[c] = quantised<t>(residual.plane, residual.order);
        }
        for (std::size_t i = 0; i < q[0].samples.size(); ++i) {
            const int cell = ((q[0].samples[i] + t) * 7 + q[1].samples[i] + t) * 7 + q[2].samples[i] + t;
            ++counts.of[static_cast<std::size_t>(cell)];
        }
        append_symmetric(counts, true, out);
    }
    std::vector<Plane> differences;
    for (const std::size_t c : {0U, 2U}) {
        Plane d = tile[1];
        for (std::size_t i = 0; i < d.samples.size(); ++i)
            d.samples[i] = static_cast<std::int16_t>(d.samples[i] - tile[c].samples[i]);
        differences.push_back(std::move(d));
    }
    append_model(differences, out);
    return out;
}

} // namespace cp::bench
