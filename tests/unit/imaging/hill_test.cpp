#include "imaging/hill.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

using namespace cp::imaging;

namespace {

Picture noise(std::uint32_t width, std::uint32_t height, std::uint8_t channels, unsigned seed) {
    Picture picture = blank_picture(width, height, channels);
    std::mt19937 random{seed};
    for (auto& sample : picture.samples) sample = static_cast<std::byte>(random());
    return picture;
}

long mirrored(long i, long count) {
    if (count == 1) return 0;
    while (i < 0 || i >= count) i = i < 0 ? -i : 2 * (count - 1) - i;
    return i;
}

// The paper's formula, slowly, in floating point.
class Reference {
public:
    explicit Reference(const Picture& p) : p_{p} {}

    [[nodiscard]] double cost(long x, long y, unsigned c) const {
        double sum = 0;
        for (long v = -7; v <= 7; ++v)
            for (long u = -7; u <= 7; ++u) sum += 1 / texture(mirror_x(x + u), mirror_y(y + v), c);
        return sum;
    }

private:
    [[nodiscard]] long mirror_x(long x) const { return mirrored(x, p_.width); }
    [[nodiscard]] long mirror_y(long y) const { return mirrored(y, p_.height); }
    [[nodiscard]] double sample(long x, long y, unsigned c) const {
        const auto at =
            (static_cast<std::size_t>(mirror_y(y)) * p_.width + static_cast<std::size_t>(mirror_x(x))) *
                p_.channels +
            c;
        return std::to_integer<int>(p_.samples[at]);
    }
    [[nodiscard]] double residual(long x, long y, unsigned c) const {
        static constexpr int filter[3][3] = {{-1, 2, -1}, {2, -4, 2}, {-1, 2, -1}};
        double sum = 0;
        for (long v = -1; v <= 1; ++v)
            for (long u = -1; u <= 1; ++u) sum += filter[v + 1][u + 1] * sample(x + u, y + v, c);
        return std::abs(sum);
    }
    [[nodiscard]] double texture(long x, long y, unsigned c) const {
        double sum = 0;
        for (long v = -1; v <= 1; ++v)
            for (long u = -1; u <= 1; ++u) sum += residual(mirror_x(x + u), mirror_y(y + v), c);
        return sum > 0 ? sum : 1.0 / 32; // where the paper says 10^-10
    }

    const Picture& p_;
};

void follows_the_paper(const Picture& picture) {
    const auto costs = hill_costs(picture, one_after_another);
    BOOST_TEST_REQUIRE(costs.size() == picture.colour_samples());
    const Reference reference{picture};
    for (long y = 0; y < picture.height; y += 3) {
        for (long x = 0; x < picture.width; x += 2) {
            for (unsigned c = 0; c < picture.colours(); ++c) {
                const std::size_t at =
                    (static_cast<std::size_t>(y) * picture.width + static_cast<std::size_t>(x)) *
                        picture.colours() +
                    c;
                // 2^18 times the reference in units of 64; 1/16 of an octave, and rounded reciprocals.
                const double expected =
                    std::min<double>(reference.cost(x, y, c) * 4096, hill_value(hill_wet));
                BOOST_TEST(hill_value(costs[at]) == expected, boost::test_tools::tolerance(0.08));
            }
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(hill)

BOOST_AUTO_TEST_CASE(costs_follow_the_paper_on_all_layouts_and_across_strips) {
    follows_the_paper(noise(31, 20, 1, 1));
    follows_the_paper(noise(20, 17, 2, 2));
    follows_the_paper(noise(19, 140, 3, 3)); // two strips
    follows_the_paper(noise(16, 16, 4, 4));
}

BOOST_AUTO_TEST_CASE(pictures_narrower_than_the_filters_are_mirrored_several_times) {
    follows_the_paper(noise(1, 40, 1, 5));
    follows_the_paper(noise(40, 1, 1, 6));
    follows_the_paper(noise(2, 3, 3, 7));
}

BOOST_AUTO_TEST_CASE(flat_is_wet_and_noise_is_cheap) {
    Picture picture = noise(64, 64, 1, 8);
    for (std::size_t i = 0; i < 32 * 64; ++i) picture.samples[i] = std::byte{128};
    const auto costs = hill_costs(picture, one_after_another);
    BOOST_TEST(costs[10 * 64 + 32] == hill_wet);
    BOOST_TEST(costs[50 * 64 + 32] < hill_wet / 2);
}

BOOST_AUTO_TEST_CASE(sixteen_bits_cost_what_their_upper_eight_cost) {
    const Picture eight = noise(40, 40, 3, 9);
    Picture sixteen = blank_picture(40, 40, 3, 2);
    for (std::size_t i = 0; i < eight.samples.size(); ++i) {
        const auto value = static_cast<std::uint16_t>(std::to_integer<unsigned>(eight.samples[i]) << 8U);
        std::memcpy(sixteen.samples.data() + 2 * i, &value, 2);
    }
    BOOST_TEST((hill_costs(eight, one_after_another) == hill_costs(sixteen, one_after_another)));
}

BOOST_AUTO_TEST_SUITE_END()
