#include "repl/progress_bar.hpp"
#include "repl/units.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::client;
using namespace std::chrono_literals;

namespace {

// A transfer of `total` bytes at a steady rate, half done.
std::string half_way(std::uint64_t total, Duration elapsed, std::size_t columns) {
    ProgressBar bar;
    TimePoint now{};
    bar.advance(now, 0, total);
    now += elapsed;
    bar.advance(now, total / 2, total);
    return bar.draw(now, columns);
}

} // namespace

BOOST_AUTO_TEST_SUITE(progress_bar)

BOOST_AUTO_TEST_CASE(shows_bytes_rate_and_time_left) {
    BOOST_TEST(half_way(200'000'000, 2s, 80) ==
               "[###############               ] 100.0/200.0 MB 50.0 MB/s 2 s left");
}

BOOST_AUTO_TEST_CASE(fits_forty_columns_whatever_the_numbers) {
    BOOST_TEST(half_way(200'000'000, 2s, 40) == "[#  ] 100.0/200.0 MB 50.0 MB/s 2 s left");
    for (const std::uint64_t total : {1ULL, 999ULL, 268'435'456ULL, 999'999'999'999ULL}) {
        for (const Duration elapsed : {Duration{301ms}, Duration{60s}, Duration{100h}}) {
            for (const std::size_t columns : {0U, 1U, 5U, 20U, 40U, 200U}) {
                const std::string text = half_way(total, elapsed, columns);
                BOOST_TEST(text.size() <= std::max<std::size_t>(columns, 2) - 1);
                BOOST_TEST(!text.empty());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(is_due_once_in_a_tenth_of_a_second) {
    ProgressBar bar;
    TimePoint now{};
    BOOST_TEST((bar.due() == never));
    bar.advance(now, 0, 100);
    BOOST_TEST((bar.due() == now + 300ms));
    now += 300ms;
    BOOST_TEST(!bar.draw(now, 80).empty());
    BOOST_TEST(bar.draw(now, 80).empty());
    BOOST_TEST((bar.due() == now + 100ms));
}

BOOST_AUTO_TEST_CASE(nothing_to_send_is_no_bar_and_no_busy_loop) {
    ProgressBar bar;
    TimePoint now{};
    bar.advance(now, 0, 0);
    now += 1s;
    BOOST_TEST(bar.draw(now, 80).empty());
    BOOST_TEST((bar.due() > now));
}

BOOST_AUTO_TEST_CASE(starting_over_gives_no_absurd_rate) {
    ProgressBar bar;
    TimePoint now{};
    bar.advance(now, 90, 100);
    now += 1s;
    bar.advance(now, 10, 100);
    BOOST_TEST(bar.draw(now, 80) == "[###                           ] 10/100 B 0 B/s");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(units)

BOOST_AUTO_TEST_CASE(bytes_and_times_are_short) {
    BOOST_TEST(byte_text(0) == "0 B");
    BOOST_TEST(byte_text(999) == "999 B");
    BOOST_TEST(byte_text(524'288) == "524 kB");
    BOOST_TEST(byte_text(118.44e6) == "118.4 MB");
    BOOST_TEST(byte_text(2.5e9) == "2.5 GB");
    BOOST_TEST(progress_text(5, 1'000) == "0/1 kB");
    BOOST_TEST(time_left(1ms) == "1 s");
    BOOST_TEST(time_left(59s) == "59 s");
    BOOST_TEST(time_left(65s) == "1:05 min");
    BOOST_TEST(time_left(2h + 3min) == "2:03 h");
    BOOST_TEST(fixed(1e300, 0).size() == 301U);
}

BOOST_AUTO_TEST_SUITE_END()
