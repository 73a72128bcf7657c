// What counts as congestion, and what it does to the window.
#include "transfer/congestion.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace cp;
using namespace cp::transfer;
using namespace std::chrono_literals;

namespace {

// Flights of `flight` datagrams that are answered in four reports each.
struct Path {
    void round(Duration quickest, std::uint32_t lost = 0) {
        const std::uint64_t sent = reached + flight;
        for (int quarter = 0; quarter < 4; ++quarter) {
            now += 1ms;
            reached += flight / 4;
            // Only one of the answers is the quickest; the first still ends the round before.
            watch.reported(now, reached, sent, lost / 4, quickest + std::abs(quarter - 2) * 5ms);
        }
    }

    static constexpr std::uint64_t flight = 400;
    TimePoint now{1s};
    std::uint64_t reached = 0;
    PathWatch watch;
};

struct Window {
    // All that may go out goes out and arrives.
    void round() {
        window.filled();
        now += 1ms;
        ordinal += window.size();
        window.reached(now, ordinal);
    }

    TimePoint now{1s};
    std::uint64_t ordinal = 0;
    CongestionWindow window;
};

} // namespace

BOOST_AUTO_TEST_SUITE(congestion)

BOOST_AUTO_TEST_CASE(quick_answers_stand_in_no_queue_whatever_is_lost) {
    Path path;
    for (int i = 0; i < 10; ++i) path.round(limits::standing_queue - 1ms, Path::flight / 3);
    BOOST_TEST(!path.watch.queue_stands());
    BOOST_TEST(!path.watch.clogged());
}

BOOST_AUTO_TEST_CASE(a_queue_grows_when_even_the_quickest_answer_of_a_round_took_long) {
    Path path;
    path.round(1ms);
    path.round(limits::growing_queue);
    BOOST_TEST(path.watch.queue_grows());
    BOOST_TEST(!path.watch.queue_stands());
    path.round(1ms); // gone again
    BOOST_TEST(!path.watch.queue_grows());
}

BOOST_AUTO_TEST_CASE(a_queue_stands_when_no_answer_of_a_while_was_quick) {
    Path path;
    path.round(1ms);
    const TimePoint begun = path.now;
    while (path.now + 4ms < begun + limits::standing_for) {
        path.round(limits::standing_queue);
        BOOST_TEST(!path.watch.queue_stands());
    }
    for (int i = 0; i < 2; ++i) path.round(limits::standing_queue);
    BOOST_TEST(path.watch.queue_stands());
    path.round(1ms); // gone again
    BOOST_TEST(!path.watch.queue_stands());
}

// One processor for all: nobody answers for a while, and then all that it held is late.
BOOST_AUTO_TEST_CASE(a_receiver_that_was_paused_stood_in_no_queue) {
    Path path;
    for (int i = 0; i < 3; ++i) path.round(1ms);
    path.now += limits::standing_for / 2;
    for (int i = 0; i < 2; ++i) path.round(limits::standing_queue + 1ms);
    BOOST_TEST(!path.watch.queue_stands());
}

BOOST_AUTO_TEST_CASE(more_than_half_lost_is_a_clogged_path_without_any_queue) {
    Path path;
    for (int i = 0; i < 3; ++i) path.round(100us, Path::flight * 3 / 5);
    BOOST_TEST(!path.watch.queue_stands());
    BOOST_TEST(path.watch.clogged());
}

BOOST_AUTO_TEST_CASE(a_few_lost_datagrams_are_no_share) {
    PathWatch watch;
    watch.reported(TimePoint{1s}, 16, 16, 16, 1ms);
    BOOST_TEST(!watch.clogged());
}

BOOST_AUTO_TEST_CASE(a_report_of_what_is_known_changes_nothing) {
    Path path;
    path.round(1ms);
    path.round(1ms);
    const Duration pace = path.watch.pace();
    path.watch.reported(path.now + 1h, path.reached - 10, path.reached, 0, {});
    BOOST_TEST((path.watch.pace() == pace));
}

BOOST_AUTO_TEST_CASE(who_was_away_for_long_is_not_waited_for_as_long_the_next_time) {
    PathWatch watch;
    watch.reported(TimePoint{1s}, 1, 1, 0, 2ms);
    BOOST_TEST((watch.delay() == 2ms));
    watch.reported(TimePoint{9s}, 2, 2, 0, 8s); // stopped and continued
    BOOST_TEST((watch.delay() == limits::answer_max));
}

BOOST_AUTO_TEST_CASE(pace_is_what_arrives_and_spacing_what_could) {
    PathWatch watch;
    BOOST_TEST((watch.pace() == Duration{} && watch.spacing() == Duration{}));
    TimePoint now{1s};
    for (std::uint64_t reached = 100; reached <= 1000; reached += 100) {
        now += 1ms;
        watch.reported(now, reached, reached, 0, 500us);
    }
    BOOST_TEST((watch.pace() == 10us));
    BOOST_TEST((watch.spacing() == 5us));
}

BOOST_AUTO_TEST_CASE(the_window_doubles_in_each_round_trip) {
    Window w;
    BOOST_TEST(w.window.size() == limits::credit_window_first);
    for (int i = 0; i < 3; ++i) w.round();
    BOOST_TEST(w.window.size() == 8 * limits::credit_window_first);
    for (int i = 0; i < 10; ++i) w.round();
    BOOST_TEST(w.window.size() == limits::credit_window_max);
}

BOOST_AUTO_TEST_CASE(a_window_that_was_not_in_the_way_does_not_grow) {
    Window w;
    w.window.reached(w.now, 1000);
    BOOST_TEST(w.window.size() == limits::credit_window_first);
}

BOOST_AUTO_TEST_CASE(a_growing_queue_pauses_the_doubling_for_as_long_as_it_grows) {
    Window w;
    w.round();
    for (int i = 0; i < 10; ++i) {
        w.window.slow_down(w.ordinal + w.window.size());
        w.round();
    }
    BOOST_TEST(w.window.size() == 2 * limits::credit_window_first + 10);
    w.round(); // it was but a moment's work for another program
    BOOST_TEST(w.window.size() >= 4 * limits::credit_window_first);
}

BOOST_AUTO_TEST_CASE(congestion_is_answered_once_for_all_that_was_under_way) {
    Window w;
    for (int i = 0; i < 4; ++i) w.round();
    const std::uint32_t before = w.window.size();
    const std::uint64_t sent = w.ordinal + before;
    w.window.congestion(w.ordinal + 1, sent, 0);
    const std::uint32_t after = w.window.size();
    BOOST_TEST(after == before * 7 / 10);
    w.window.congestion(sent, sent + after, 0); // of the same flight
    BOOST_TEST(w.window.size() == after);
    w.window.congestion(sent + 1, sent + after, 0);
    BOOST_TEST(w.window.size() < after);
    for (std::uint64_t i = 2; i < 100; ++i) w.window.congestion(sent + i * 10'000, sent + i * 10'000, 0);
    BOOST_TEST(w.window.size() == 16U);
}

BOOST_AUTO_TEST_CASE(of_the_paths_of_one_flight_the_most_crowded_counts) {
    Window w;
    for (int i = 0; i < 4; ++i) w.round();
    const std::uint32_t before = w.window.size();
    const std::uint64_t sent = w.ordinal + before;
    w.window.congestion(w.ordinal + 1, sent, 0.95); // the shorter path says so first
    BOOST_TEST(w.window.size() == before * 95 / 100);
    w.window.congestion(w.ordinal + 2, sent, 0.8);
    BOOST_TEST(w.window.size() == before * 8 / 10);
    w.window.congestion(w.ordinal + 3, sent, 0.9);
    BOOST_TEST(w.window.size() == before * 8 / 10);
    w.window.congestion(w.ordinal + 4, sent, 0);
    BOOST_TEST(w.window.size() == before * 7 / 10);
}

BOOST_AUTO_TEST_CASE(a_queue_that_is_hardly_too_long_takes_little_of_the_window) {
    const auto left_by = [](Duration queue) {
        Path path;
        for (int i = 0; i < 20; ++i) path.round(queue);
        Window w;
        for (int i = 0; i < 4; ++i) w.round();
        const std::uint32_t before = w.window.size();
        w.window.congestion(w.ordinal + 1, w.ordinal + before, path.watch.bearable());
        return 100 * w.window.size() / before;
    };
    BOOST_TEST(left_by(limits::standing_queue) == 100U);
    BOOST_TEST(left_by(limits::standing_queue + 1ms) == 83U);
    BOOST_TEST(left_by(limits::standing_queue * 3) == 69U);
    BOOST_TEST(left_by(1ms) == 69U); // no queue: lost for another reason
}

BOOST_AUTO_TEST_CASE(a_congestion_of_the_first_flight_does_not_end_the_doubling) {
    Window w;
    w.window.congestion(w.window.size(), w.window.size(), 0); // to whoever lost Setup, all of it is missing
    const std::uint32_t left = w.window.size();
    w.round();
    BOOST_TEST(w.window.size() == 2 * left);
}

BOOST_AUTO_TEST_CASE(what_was_learned_is_forgotten_after_a_pause_or_with_the_receiver_that_was_in_the_way) {
    for (const bool pause : {true, false}) {
        Window w;
        for (int i = 0; i < 4; ++i) w.round();
        w.window.congestion(w.ordinal, w.ordinal, 0);
        const std::uint32_t before = w.window.size();
        if (pause) {
            w.now += limits::congestion_forgotten_after;
        } else {
            w.window.forgive();
        }
        w.round();
        BOOST_TEST(w.window.size() >= 2 * before - 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()
