#include "base/rng.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace cp;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(rng)

BOOST_AUTO_TEST_CASE(one_seed_is_one_sequence_and_another_seed_another) {
    Rng first{7}, again{7}, other{8};
    bool differs = false;
    for (int i = 0; i < 100; ++i) {
        const auto value = first.next();
        BOOST_TEST(value == again.next());
        differs |= value != other.next();
    }
    BOOST_TEST(differs);
}

// So that a seed that failed on one machine fails on every other.
BOOST_AUTO_TEST_CASE(the_sequence_is_that_of_the_standard) {
    Rng standard{5489};
    std::uint64_t value = 0;
    for (int i = 0; i < 10'000; ++i) value = standard.next();
    BOOST_TEST(value == 9981545732273789042U); // [rand.predef]
}

BOOST_AUTO_TEST_CASE(below_stays_below_reaches_everything_and_gives_zero_for_zero) {
    Rng rng{1};
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(rng.below(5));
    BOOST_TEST(seen.size() == 5U);
    BOOST_TEST(*seen.rbegin() == 4U);
    BOOST_TEST(rng.below(1) == 0U);
    BOOST_TEST(rng.below(0) == 0U);
}

BOOST_AUTO_TEST_CASE(unit_is_never_one_so_certain_happens_always_and_impossible_never) {
    Rng rng{2};
    double low = 1, high = 0;
    for (int i = 0; i < 10'000; ++i) {
        const double u = rng.unit();
        low = std::min(low, u);
        high = std::max(high, u);
        BOOST_TEST_REQUIRE((u >= 0 && u < 1));
        BOOST_TEST_REQUIRE(rng.chance(1.0));
        BOOST_TEST_REQUIRE(!rng.chance(0.0));
    }
    BOOST_TEST(low < 0.01);
    BOOST_TEST(high > 0.99);
}

BOOST_AUTO_TEST_CASE(a_chance_happens_about_as_often_as_it_says) {
    Rng rng{3};
    int happened = 0;
    for (int i = 0; i < 10'000; ++i) happened += rng.chance(0.3) ? 1 : 0;
    BOOST_TEST(happened > 2800);
    BOOST_TEST(happened < 3200);
}

BOOST_AUTO_TEST_CASE(between_includes_both_ends) {
    Rng rng{4};
    std::set<Duration> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(rng.between(10ns, 12ns));
    BOOST_TEST((seen == std::set<Duration>{10ns, 11ns, 12ns}));
    BOOST_TEST((rng.between(5ms, 5ms) == 5ms));
}

BOOST_AUTO_TEST_SUITE_END()
