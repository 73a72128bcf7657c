#include "transfer/feedback.hpp"
#include "transfer/flow.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::transfer;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t ethernet = limits::datagram_ethernet - limits::data_overhead;

} // namespace

BOOST_AUTO_TEST_SUITE(feedback)

BOOST_AUTO_TEST_CASE(a_window_is_what_the_kernel_really_holds) {
    BOOST_TEST(receive_window(425'984, ethernet, 1) == 184U);    // 212 992 set
    BOOST_TEST(receive_window(8'388'608, ethernet, 1) == 3640U); // 4 MB set
    BOOST_TEST(receive_window(425'984, limits::segment_max, 1) == 25U);
    BOOST_TEST(receive_window(425'984, ethernet, 4) == 46U);
}

BOOST_AUTO_TEST_CASE(a_window_has_a_ceiling_and_a_floor) {
    BOOST_TEST(receive_window(1U << 30U, ethernet, 1) == limits::credit_window_max);
    BOOST_TEST(receive_window(425'984, ethernet, 1000) == limits::credit_window_min);
    BOOST_TEST(receive_window(0, ethernet, 0) == limits::credit_window_min);
}

BOOST_AUTO_TEST_CASE(the_first_window_fits_the_smallest_buffer) {
    BOOST_TEST(first_window(ethernet) == limits::credit_window_first);
    BOOST_TEST(first_window(limits::segment_max) == 25U);
}

BOOST_AUTO_TEST_CASE(reports_are_due_every_quarter_of_the_window_and_every_256) {
    BOOST_TEST(report_interval(2) == 1U);
    BOOST_TEST(report_interval(184) == 46U);
    BOOST_TEST(report_interval(4096) == 256U);
}

BOOST_AUTO_TEST_CASE(a_report_says_highest_window_and_gaps_and_counts_again) {
    SegmentMap map{300};
    LaneFeedback lane;
    Feedback feedback;
    wire::Report first;
    feedback.write(first, &map, 8, lane);
    BOOST_TEST(first.highest == 0U);
    BOOST_TEST(first.gaps.empty()); // nothing must have been sent yet

    map.mark(0);
    map.mark(2);
    feedback.on_segment(0);
    lane.on_datagram(TimePoint{}, 10);
    BOOST_TEST(!feedback.due());
    feedback.on_segment(2);
    lane.on_datagram(TimePoint{}, 12);
    BOOST_TEST(feedback.due());
    BOOST_TEST(lane.due());
    wire::Report report;
    feedback.write(report, &map, 8, lane);
    BOOST_TEST(report.highest == 12U);
    BOOST_TEST(report.window == 8U);
    BOOST_TEST(report.have == 2U);
    BOOST_TEST_REQUIRE(report.gaps.size() == 1U);
    BOOST_TEST((report.gaps[0].missing[0] == std::byte{0b010}));
    BOOST_TEST(!feedback.due());
    BOOST_TEST(!lane.due());
}

BOOST_AUTO_TEST_CASE(a_poll_makes_the_tail_expected) {
    SegmentMap map{3};
    map.mark(0);
    LaneFeedback lane;
    Feedback feedback;
    feedback.on_segment(0);
    feedback.on_poll(3);
    wire::Report report;
    feedback.write(report, &map, 8, lane);
    BOOST_TEST_REQUIRE(report.gaps.size() == 1U);
    BOOST_TEST((report.gaps[0].missing[0] == std::byte{0b110}));
}

BOOST_AUTO_TEST_CASE(an_overtaken_datagram_does_not_lower_the_highest) {
    LaneFeedback lane;
    lane.on_datagram(TimePoint{}, 12);
    lane.on_datagram(TimePoint{}, 11);
    BOOST_TEST(lane.highest() == 12U);
}

BOOST_AUTO_TEST_CASE(a_sender_has_a_share_for_100_ms_after_its_last_datagram) {
    LaneFeedback lane;
    BOOST_TEST(!lane.active(TimePoint{}));
    lane.on_setup(TimePoint{1s});
    BOOST_TEST(lane.active(TimePoint{1s + 100ms}));
    BOOST_TEST(!lane.active(TimePoint{1s + 101ms}));
}

BOOST_AUTO_TEST_CASE(a_flow_counts_what_is_under_way_across_holes_in_the_numbers) {
    Flow flow;
    for (const std::uint64_t number : {5U, 9U, 10U, 30U}) flow.sent_data(TimePoint{1s}, number);
    flow.sent_control(31);
    BOOST_TEST(flow.count() == 4U);
    BOOST_TEST(flow.reached(0) == 0U);
    BOOST_TEST(flow.reached(4) == 0U);
    BOOST_TEST(flow.reached(5) == 1U);
    BOOST_TEST(flow.reached(29) == 3U);
    BOOST_TEST(flow.reached(31) == 4U);
    BOOST_TEST(flow.last_number() == 31U);
}

BOOST_AUTO_TEST_CASE(a_flow_forgets_what_no_window_reaches_back_to) {
    Flow flow;
    for (std::uint64_t n = 1; n <= 3 * limits::credit_window_max; ++n) flow.sent_data(TimePoint{1s}, n);
    BOOST_TEST(flow.count() - flow.reached(1) == limits::credit_window_max);
    BOOST_TEST(flow.reached(3 * limits::credit_window_max - 7) == 3 * limits::credit_window_max - 7);
}

BOOST_AUTO_TEST_CASE(of_many_the_first_ones_report_and_the_others_speak_ever_more_likely) {
    SegmentMap map{200};
    for (std::uint32_t s = 0; s < 200; ++s) {
        if (s != 7) static_cast<void>(map.mark(s));
    }
    Feedback first;
    BOOST_TEST(first.speaks({255, 0}, map, false, 254));
    BOOST_TEST(first.speaks({limits::report_all_max, 31}, map, false, 254));

    Feedback other;
    const Place place{255, limits::representatives_per_setup};
    other.on_segment(199);
    BOOST_TEST(!other.speaks(place, map, false, 0)); // missed since the last occasion only
    BOOST_TEST(!other.speaks(place, map, false, 2)); // 2 of 255
    BOOST_TEST(!other.speaks(place, map, false, 8));
    BOOST_TEST(!other.speaks(place, map, false, 32));
    BOOST_TEST(!other.speaks(place, map, false, 128));
    BOOST_TEST(other.speaks(place, map, false, 254));

    Feedback lucky;
    lucky.on_segment(199);
    BOOST_TEST(!lucky.speaks(place, map, false, 0));
    BOOST_TEST(lucky.speaks(place, map, false, 1));
}

BOOST_AUTO_TEST_CASE(one_of_many_that_misses_nothing_is_silent_until_it_is_polled) {
    SegmentMap map{10};
    for (std::uint32_t s = 0; s < 9; ++s) static_cast<void>(map.mark(s));
    Feedback feedback;
    feedback.on_segment(8);
    for (int i = 0; i < 10; ++i) BOOST_TEST(!feedback.speaks({100, 50}, map, false, 0));
    BOOST_TEST(feedback.speaks({100, 50}, map, true, 1));
}

BOOST_AUTO_TEST_SUITE_END()
