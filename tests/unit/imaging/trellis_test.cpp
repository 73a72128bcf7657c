#include "imaging/trellis.hpp"
#include "imaging/trellis_columns.hpp"
#include "imaging/trellis_steps.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <limits>
#include <random>
#include <set>
#include <vector>

using namespace cp::imaging;

namespace {

using Bits = std::vector<std::uint8_t>;

struct Case {
    Bits bits;
    std::vector<std::uint16_t> costs;
    Bits message;
};

Case random_case(std::mt19937& random, std::size_t bits, std::size_t message, unsigned cost_max = 4095) {
    Case c{Bits(bits), std::vector<std::uint16_t>(bits), Bits(message)};
    for (auto& bit : c.bits) bit = random() & 1U;
    for (auto& cost : c.costs) cost = static_cast<std::uint16_t>(random() % cost_max + 1);
    for (auto& bit : c.message) bit = random() & 1U;
    return c;
}

std::uint64_t cost_between(const Case& c, const Bits& changed) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < changed.size(); ++i) sum += changed[i] != c.bits[i] ? c.costs[i] : 0U;
    return sum;
}

Bits read_back(unsigned height, const Bits& bits, std::size_t size) {
    Bits message(size);
    trellis_extract(height, bits, message);
    return message;
}

// The least cost by trying all 2^n ways.
std::uint64_t least_cost(unsigned height, const Case& c) {
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    Bits bits(c.bits.size());
    for (std::uint32_t way = 0; way < 1U << bits.size(); ++way) {
        for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = way >> i & 1U;
        if (read_back(height, bits, c.message.size()) == c.message)
            least = std::min(least, cost_between(c, bits));
    }
    return least;
}

} // namespace

BOOST_AUTO_TEST_SUITE(trellis)

BOOST_AUTO_TEST_CASE(every_message_is_read_back_at_every_rate_and_height) {
    std::mt19937 random{1};
    for (unsigned height : {8U, 10U}) {
        TrellisEncoder encoder{height};
        for (std::size_t n : {1U, 2U, 7U, 64U, 1000U}) {
            for (std::size_t m = 0; m <= n; m += n / 50 + 1) {
                const Case c = random_case(random, n, m);
                Bits bits = c.bits;
                encoder.embed(bits, c.costs, c.message);
                BOOST_TEST_REQUIRE((read_back(height, bits, m) == c.message));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(no_other_way_is_cheaper) {
    std::mt19937 random{2};
    for (unsigned height : {8U, 10U}) {
        TrellisEncoder encoder{height};
        for (std::size_t m : {1U, 2U, 3U, 5U, 7U}) {
            const Case c = random_case(random, 14, m);
            Bits bits = c.bits;
            encoder.embed(bits, c.costs, c.message);
            BOOST_TEST(cost_between(c, bits) == least_cost(height, c));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_dearest_costs_everywhere_do_not_overflow) {
    std::mt19937 random{3};
    for (unsigned height : {8U, 10U}) {
        TrellisEncoder encoder{height};
        Case c = random_case(random, 4000, 2000);
        c.costs.assign(c.costs.size(), trellis_cost_max);
        Bits bits = c.bits;
        encoder.embed(bits, c.costs, c.message);
        BOOST_TEST((read_back(height, bits, c.message.size()) == c.message));
    }
}

// At a rate of 1/20 an ideal code would spend 1.39 of 4095 a bit on even costs; random changes cost 51.
BOOST_AUTO_TEST_CASE(the_cost_is_close_to_what_is_possible) {
    std::mt19937 random{4};
    TrellisEncoder encoder{8};
    const Case c = random_case(random, 200'000, 10'000);
    Bits bits = c.bits;
    encoder.embed(bits, c.costs, c.message);
    BOOST_TEST(static_cast<double>(cost_between(c, bits)) / 200'000 < 1.39 * 1.4);
}

BOOST_AUTO_TEST_CASE(all_versions_of_a_step_give_the_same) {
    std::mt19937 random{5};
    alignas(64) std::array<std::uint16_t, 1024> from{}, to{}, expected{};
    for (const TrellisSteps* steps : {avx2_steps(), avx512_steps()}) {
        if (steps == nullptr) continue;
        for (unsigned states : {256U, 1024U}) {
            for (int round = 0; round < 200; ++round) {
                for (auto& sum : from)
                    sum = static_cast<std::uint16_t>(round % 2 == 0 ? random() : 0xfff0U + random() % 16);
                const TrellisStep step{static_cast<std::uint16_t>((random() % states) | 1U),
                                       static_cast<std::uint16_t>(round % 3 == 0 ? 0 : random() % 4096),
                                       static_cast<std::uint16_t>(round % 3 == 0 ? random() % 4096 : 0)};
                std::array<std::uint8_t, 128> path{}, path_expected{};
                portable_steps().step(from.data(), expected.data(), states, step, path_expected.data());
                steps->step(from.data(), to.data(), states, step, path.data());
                for (unsigned k = 0; k < states; ++k) {
                    BOOST_TEST_REQUIRE(to[k] == expected[k]);
                    BOOST_TEST_REQUIRE(steps->chosen(path.data(), k) ==
                                       portable_steps().chosen(path_expected.data(), k));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(columns_of_a_set_differ_and_own_their_message_bit) {
    for (unsigned height : {8U, 10U}) {
        for (std::uint32_t width = 2; width <= 20; ++width) {
            const auto columns = trellis_columns(height, width);
            BOOST_TEST(std::set<std::uint16_t>(columns.begin(), columns.end()).size() == width);
            for (std::uint16_t column : columns) BOOST_TEST((column % 2 == 1 && column < 1U << height));
        }
        BOOST_TEST(trellis_columns(height, 1).size() == 1U);
        const auto wide = trellis_columns(height, 50);
        BOOST_TEST((wide[20] == wide[0] && wide[49] == wide[9]));
    }
}

BOOST_AUTO_TEST_SUITE_END()
