#include "base/rng.hpp"
#include "crypto/replay_window.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <set>

using namespace cp;

namespace {

constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max();

bool accept(ReplayWindow& window, std::uint64_t counter) {
    if (!window.fresh(counter)) return false;
    window.mark(counter);
    return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(replay_window)

BOOST_AUTO_TEST_CASE(a_new_window_takes_every_counter_once_zero_included) {
    ReplayWindow window;
    BOOST_TEST(window.fresh(last));
    BOOST_TEST(accept(window, 0));
    BOOST_TEST(!accept(window, 0));
    BOOST_TEST(accept(window, 2));
    BOOST_TEST(accept(window, 1)); // late, not replayed
    BOOST_TEST(!accept(window, 1));
    BOOST_TEST(!accept(window, 2));
}

BOOST_AUTO_TEST_CASE(asking_does_not_mark) {
    ReplayWindow window;
    BOOST_TEST(window.fresh(5));
    BOOST_TEST(window.fresh(5));
    window.mark(5);
    BOOST_TEST(!window.fresh(5));
    BOOST_TEST(window.fresh(0));
}

BOOST_AUTO_TEST_CASE(
    the_window_reaches_back_exactly_its_size_wherever_the_newest_counter_stands_in_its_word) {
    for (std::uint64_t offset = 0; offset < 130; ++offset) {
        ReplayWindow window;
        const std::uint64_t newest = 3 * replay_window_size + offset;
        window.mark(newest);
        BOOST_TEST(window.fresh(newest - replay_window_size + 1));
        BOOST_TEST(!window.fresh(newest - replay_window_size));
        BOOST_TEST(!window.fresh(0));
        BOOST_TEST(accept(window, newest - replay_window_size + 1));
        BOOST_TEST(!window.fresh(newest - replay_window_size + 1));
        BOOST_TEST(window.fresh(newest + 1)); // the oldest counter does not alias the next one
    }
}

BOOST_AUTO_TEST_CASE(marking_what_is_too_old_changes_nothing) {
    ReplayWindow window;
    window.mark(10 * replay_window_size);
    window.mark(3);
    for (std::uint64_t back = 1; back < replay_window_size; ++back) {
        BOOST_TEST_REQUIRE(window.fresh(10 * replay_window_size - back));
    }
}

BOOST_AUTO_TEST_CASE(a_leap_forgets_everything_before_it) {
    for (const std::uint64_t leap : {replay_window_size - 1, replay_window_size, replay_window_size + 64,
                                     replay_window_size + 65, 1000 * replay_window_size + 17}) {
        ReplayWindow window;
        for (std::uint64_t counter = 0; counter < replay_window_size; ++counter) window.mark(counter);
        const std::uint64_t newest = replay_window_size - 1 + leap;
        window.mark(newest);
        for (std::uint64_t back = 1; back < replay_window_size; ++back) {
            const bool seen_before_the_leap = newest - back < replay_window_size;
            BOOST_TEST_REQUIRE(window.fresh(newest - back) == !seen_before_the_leap);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_last_counter_of_all_works) {
    ReplayWindow window;
    BOOST_TEST(accept(window, last));
    BOOST_TEST(!accept(window, last));
    BOOST_TEST(accept(window, last - replay_window_size + 1));
    BOOST_TEST(!accept(window, last - replay_window_size));
    BOOST_TEST(!accept(window, 0));
}

BOOST_AUTO_TEST_CASE(agrees_with_a_set_of_all_counters_under_reordering_and_leaps) {
    Rng rng{7};
    ReplayWindow window;
    std::set<std::uint64_t> seen;
    std::uint64_t newest = 0;
    for (int i = 0; i < 200'000; ++i) {
        const std::uint64_t ahead = rng.chance(0.001) ? rng.below(3 * replay_window_size) : rng.below(3);
        const std::uint64_t back = rng.below(replay_window_size + 200);
        const std::uint64_t counter = rng.chance(0.5) ? newest + ahead : newest - std::min(newest, back);
        const bool expected = counter + replay_window_size > newest && !seen.contains(counter);
        BOOST_TEST_REQUIRE(accept(window, counter) == expected);
        if (expected) seen.insert(counter);
        newest = std::max(newest, counter);
    }
}

BOOST_AUTO_TEST_SUITE_END()
