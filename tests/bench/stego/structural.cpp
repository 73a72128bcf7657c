#include "structural.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <initializer_list>

namespace cp::bench {
namespace {

constexpr int strip_rows = 32;

// The root of a x^2 + b x + c that is nearer to 0; of a pair of complex ones, what they share.
double small_root(double a, double b, double c) {
    if (std::abs(a) < 1e-9) return std::abs(b) < 1e-9 ? 0 : -c / b;
    const double inside = std::max(0.0, b * b - 4 * a * c);
    const double one = (-b + std::sqrt(inside)) / (2 * a);
    const double other = (-b - std::sqrt(inside)) / (2 * a);
    return std::abs(one) < std::abs(other) ? one : other;
}

// Upper tail of the chi-square distribution (Wilson and Hilferty's cube root).
double tail(double chi, double freedom) {
    const double spread = 2 / (9 * freedom);
    const double z = (std::cbrt(chi / freedom) - (1 - spread)) / std::sqrt(spread);
    return 0.5 * std::erfc(z / std::sqrt(2.0));
}

int flipped(int sample) { return sample ^ 1; }
int flipped_down(int sample) { return ((sample + 1) ^ 1) - 1; }

struct Groups {
    double regular = 0;
    double singular = 0;
};

// How many groups of four become rougher or smoother when `flip` is done to their inner two.
template <class Flip>
Groups count_groups(const Plane& plane, bool flip_all, Flip flip) {
    Groups found;
    for (int y = 0; y < plane.height; ++y) {
        const std::int16_t* row = plane.row(y);
        for (int x = 0; x + 3 < plane.width; x += 2) {
            int g[4];
            for (int i = 0; i < 4; ++i) g[i] = flip_all ? flipped(row[x + i]) : row[x + i];
            const int before = std::abs(g[1] - g[0]) + std::abs(g[2] - g[1]) + std::abs(g[3] - g[2]);
            g[1] = flip(g[1]);
            g[2] = flip(g[2]);
            const int after = std::abs(g[1] - g[0]) + std::abs(g[2] - g[1]) + std::abs(g[3] - g[2]);
            if (after > before) ++found.regular;
            if (after < before) ++found.singular;
        }
    }
    return found;
}

} // namespace

double sample_pairs(const Plane& plane, int from, int to) {
    double x = 0; // pairs that replacement makes rarer
    double y = 0;
    double near = 0;
    double pairs = 0;
    const auto count = [&](int u, int v) {
        const bool even = v % 2 == 0;
        if ((even && u < v) || (!even && u > v)) ++x;
        if ((even && u > v) || (!even && u < v)) ++y;
        if (u / 2 == v / 2) ++near;
        ++pairs;
    };
    for (int row = from; row < to; ++row) {
        const std::int16_t* here = plane.row(row);
        for (int i = 0; i + 1 < plane.width; ++i) count(here[i], here[i + 1]);
        if (row + 1 < to) {
            const std::int16_t* below = plane.row(row + 1);
            for (int i = 0; i < plane.width; ++i) count(here[i], below[i]);
        }
    }
    return 2 * small_root(2 * near, 2 * (2 * x - pairs), y - x);
}

double strip_pairs(const Plane& plane) {
    std::vector<double> strips;
    for (int y = 0; y + strip_rows <= plane.height; y += strip_rows)
        strips.push_back(sample_pairs(plane, y, y + strip_rows));
    std::sort(strips.begin(), strips.end());
    return strips.back() - strips[strips.size() / 2];
}

double regular_singular(const Plane& plane) {
    const Groups plain = count_groups(plane, false, flipped);
    const Groups down = count_groups(plane, false, flipped_down);
    const Groups all = count_groups(plane, true, flipped);
    const Groups all_down = count_groups(plane, true, flipped_down);
    const double d0 = plain.regular - plain.singular;
    const double d1 = all.regular - all.singular;
    const double m0 = down.regular - down.singular;
    const double m1 = all_down.regular - all_down.singular;
    const double root = small_root(2 * (d1 + d0), m0 - m1 - d1 - 3 * d0, d0 - m0);
    return std::abs(root - 0.5) < 1e-9 ? 0 : root / (root - 0.5);
}

double weighted_stego(const Plane& plane) {
    double estimate = 0;
    double bias = 0;
    double weights = 0;
    for (int y = 1; y + 1 < plane.height; ++y) {
        const std::int16_t* a = plane.row(y - 1);
        const std::int16_t* b = plane.row(y);
        const std::int16_t* c = plane.row(y + 1);
        for (int x = 1; x + 1 < plane.width; ++x) {
            const auto filter = [&](auto value) {
                return 0.5 * (value(b[x - 1]) + value(b[x + 1]) + value(a[x]) + value(c[x])) -
                       0.25 * (value(a[x - 1]) + value(a[x + 1]) + value(c[x - 1]) + value(c[x + 1]));
            };
            double mean = 0;
            double square = 0;
            for (const int s : {a[x - 1], a[x], a[x + 1], b[x - 1], b[x + 1], c[x - 1], c[x], c[x + 1]}) {
                mean += s;
                square += s * s;
            }
            const double variance = square / 8 - mean * mean / 64;
            const double weight = 1 / (5 + variance);
            const double other = b[x] - flipped(b[x]); // +1 or -1
            const double predicted = filter([](int s) { return static_cast<double>(s); });
            estimate += weight * other * (b[x] - predicted);
            bias += weight * other * filter([](int s) { return static_cast<double>(flipped(s) - s); });
            weights += weight;
        }
    }
    const double rate = 2 * estimate / weights;
    return rate - rate * bias / weights;
}

double chi_square(const Plane& plane) {
    std::array<double, 256> counts{};
    double best = 0;
    double least = 1e9;
    for (int y = 0; y < plane.height; ++y) {
        for (int x = 0; x < plane.width; ++x) ++counts[static_cast<std::size_t>(plane.row(y)[x])];
        if ((y + 1) % strip_rows != 0) continue;
        double chi = 0;
        double freedom = -1;
        for (std::size_t pair = 0; pair < counts.size(); pair += 2) {
            const double expected = (counts[pair] + counts[pair + 1]) / 2;
            if (expected < 5) continue;
            chi += (counts[pair] - expected) * (counts[pair] - expected) / expected;
            ++freedom;
        }
        if (freedom < 1) continue;
        best = std::max(best, tail(chi, freedom));
        least = std::min(least, chi / freedom);
    }
    return best - 1e-3 * least;
}

} // namespace cp::bench
