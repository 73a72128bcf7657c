// The leader's machine is asked, too: what its silence is worth.
#include "silent_leader.hpp"

using namespace cp;
using namespace cp::membership;

BOOST_FIXTURE_TEST_SUITE(unreachable, Detector)

BOOST_AUTO_TEST_CASE(a_leader_is_overdue_when_its_beat_has_not_come_and_no_longer_when_it_has) {
    now = start + 21ms;
    BOOST_TEST(serve() == "");
    BOOST_TEST(!detector.overdue(NodeId{5}));
    BOOST_TEST((detector.deadline() == start + 22ms));
    now = start + 22ms;
    BOOST_TEST(serve() == "");
    BOOST_TEST(detector.overdue(NodeId{5}));
    BOOST_TEST(out.empty()); // nothing is said yet
    heard(5);
    BOOST_TEST(!detector.overdue(NodeId{5}));
}

BOOST_AUTO_TEST_CASE(two_that_find_it_unreachable_do_not_wait_for_the_timeout) {
    follower(4);
    find_unreachable();
    BOOST_TEST(serve() == "suspected 5");
    BOOST_TEST(sent<wire::HeardFrom>() == 1U);
    BOOST_TEST_REQUIRE(sent<wire::Heard>() == 1U);
    const auto word = std::ranges::find_if(
        out.items(), [](const auto& item) { return std::holds_alternative<wire::Heard>(item.message); });
    BOOST_TEST(std::get<wire::Heard>(word->message).unreachable);
    BOOST_TEST(std::get<wire::Heard>(word->message).age_ms == 32U);
    now = start + 33ms;
    vouch(33ms, true);
    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == start + 36ms)); // 4 ms for whoever may have heard it
}

BOOST_AUTO_TEST_CASE(one_alone_may_have_lost_its_own_cable_and_waits) {
    follower(4);
    find_unreachable();
    BOOST_TEST(next_event() == "suspected 5");
    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == start + 100ms));
}

BOOST_AUTO_TEST_CASE(whoever_still_hears_it_keeps_it) {
    follower(4);
    find_unreachable();
    BOOST_TEST(next_event() == "suspected 5");
    vouch(32ms, true);
    now = start + 34ms;
    vouch(1ms); // somebody else, later
    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == start + 136ms));
}

BOOST_AUTO_TEST_CASE(a_word_that_came_before_it_was_heard_again_is_forgotten) {
    follower(4);
    find_unreachable();
    vouch(32ms, true);
    BOOST_TEST(serve() == "suspected 5");
    heard(5);
    BOOST_TEST(serve() == "cleared 5");
    const TimePoint again = now;
    BOOST_TEST(next_event() == "suspected 5");
    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == again + 100ms));
}

BOOST_AUTO_TEST_CASE(a_word_that_came_while_nobody_suspected_it_is_forgotten_with_the_next_beat) {
    follower(4);
    now = start + 5ms;
    vouch(5ms, true);
    now = start + 20ms;
    heard(5);
    now = start + 42ms;
    BOOST_TEST(serve() == "");
    now = start + 52ms;
    detector.unreachable(now, NodeId{5}); // our own cable, perhaps
    BOOST_TEST(next_event() == "suspected 5");
    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == start + 120ms));
}

BOOST_AUTO_TEST_CASE(a_verdict_that_comes_after_the_beat_is_late) {
    now = start + 22ms;
    BOOST_TEST(serve() == "");
    heard(5);
    detector.unreachable(now, NodeId{5});
    BOOST_TEST(next_event() == "suspected 5");
    BOOST_TEST((now == start + 52ms));
}

BOOST_AUTO_TEST_CASE(a_witness_that_finds_it_unreachable_says_so_when_asked) {
    now = start + 38ms;
    BOOST_TEST(serve() == "suspected 5");
    BOOST_TEST(ask_us(5) == "silent");
    detector.unreachable(now, NodeId{5});
    BOOST_TEST(ask_us(5) == "tells all 38");
}

BOOST_AUTO_TEST_CASE(of_many_only_the_witnesses_ask_the_machine_until_one_of_them_has_found_it_silent) {
    for (std::uint32_t id = 6; id < 14; ++id) follower(id); // eight come before 3 after 5
    now = start + 22ms;
    BOOST_TEST(serve() == "");
    BOOST_TEST(!detector.overdue(NodeId{5}));
    now = start + 32ms;
    vouch(32ms, true);
    BOOST_TEST(detector.overdue(NodeId{5}));
}

BOOST_AUTO_TEST_CASE(whoever_was_away_begins_anew) {
    follower(4);
    find_unreachable();
    vouch(32ms, true);
    BOOST_TEST(serve() == "suspected 5");
    now = start + 96ms; // a veto could come until 36
    BOOST_TEST(serve() == "away 60");
    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == start + 166ms)); // as one that has just been suspected
}

BOOST_AUTO_TEST_SUITE_END()
