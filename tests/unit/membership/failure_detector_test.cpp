#include "silent_leader.hpp"

using namespace cp;
using namespace cp::membership;

BOOST_FIXTURE_TEST_SUITE(failure_detector, Detector)

BOOST_AUTO_TEST_CASE(a_silent_leader_is_asked_after_one_and_a_half_beats_and_lost_after_the_timeout) {
    BOOST_TEST(next_event() == "suspected 5");
    BOOST_TEST((now == start + 30ms));
    BOOST_TEST_REQUIRE(out.items().size() == 1U);
    BOOST_TEST((out.items()[0].lane == wire::Lane::unicast));
    BOOST_TEST((out.items()[0].to == session(5)));
    BOOST_TEST(std::holds_alternative<wire::Probe>(out.items()[0].message));

    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == start + 100ms));
    BOOST_TEST(sent<wire::Probe>() == 7U);     // at 30, 40, … 90 ms
    BOOST_TEST(sent<wire::HeardFrom>() == 6U); // with all but the first
    BOOST_TEST((detector.deadline() == never));
}

BOOST_AUTO_TEST_CASE(regular_beats_raise_no_suspicion) {
    for (int i = 0; i < 500; ++i) {
        now += 20ms;
        heard(5);
        if (now >= detector.deadline()) BOOST_TEST(serve() == "");
    }
    BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(any_datagram_clears_a_suspicion) {
    BOOST_TEST(next_event() == "suspected 5");
    now += 1ms;
    heard(5);
    BOOST_TEST((detector.deadline() == now));
    BOOST_TEST(serve() == "cleared 5");
    const TimePoint again = now;
    BOOST_TEST(next_event() == "suspected 5");
    BOOST_TEST((now == again + 30ms));
}

BOOST_AUTO_TEST_CASE(another_life_of_the_node_vouches_for_nothing) {
    BOOST_TEST(next_event() == "suspected 5");
    detector.heard(now, NodeId{5}, session(55));
    detector.heard(now, NodeId{6}, session(5));
    BOOST_TEST(next_event() == "lost 5 leader");
}

BOOST_AUTO_TEST_CASE(a_follower_is_asked_from_half_of_its_timeout_on) {
    detector.forget(NodeId{5});
    follower(2);
    BOOST_TEST(next_event() == "suspected 2");
    BOOST_TEST((now == start + 800ms));
    BOOST_TEST(next_event() == "lost 2");
    BOOST_TEST((now == start + 1600ms));
    BOOST_TEST(out.items().size() == 4U); // every 200 ms
}

BOOST_AUTO_TEST_CASE(a_lost_member_is_watched_no_longer) {
    BOOST_TEST(next_event() == "suspected 5");
    BOOST_TEST(next_event() == "lost 5 leader");
    heard(5); // a late datagram
    BOOST_TEST((detector.deadline() == never));
}

BOOST_AUTO_TEST_CASE(a_change_of_role_starts_anew_and_watching_again_does_not) {
    now += 25ms;
    detector.watch(now, NodeId{5}, session(5), true);
    BOOST_TEST(next_event() == "suspected 5");
    BOOST_TEST((now == start + 30ms));
    detector.watch(now, NodeId{5}, session(5), false);
    BOOST_TEST(next_event() == "cleared 5");
    BOOST_TEST(next_event() == "suspected 5");
    BOOST_TEST((now == start + 830ms));
}

BOOST_AUTO_TEST_CASE(a_new_life_is_watched_from_its_start) {
    now += 25ms;
    detector.watch(now, NodeId{5}, session(55), true);
    BOOST_TEST(next_event() == "suspected 5");
    BOOST_TEST((now == start + 55ms));
    BOOST_TEST((out.items().at(0).to == session(55)));
}

BOOST_AUTO_TEST_CASE(who_is_forgotten_is_never_lost) {
    BOOST_TEST(next_event() == "suspected 5");
    heard(5);
    detector.forget(NodeId{5});
    BOOST_TEST((detector.deadline() == never));
    now += 1h;
    BOOST_TEST(serve() == "");
}

BOOST_AUTO_TEST_CASE(our_own_absence_costs_nobody_the_membership) {
    follower(2);
    BOOST_TEST(next_event() == "suspected 5");
    now += 10s; // stopped, in the middle of a suspicion
    BOOST_TEST(serve() == "away 9990");
    now += 10ms;
    heard(5); // what waited in the socket
    heard(2);
    BOOST_TEST(serve() == "cleared 5");
    BOOST_TEST(next_event() == "suspected 5");
}

BOOST_AUTO_TEST_CASE(after_an_absence_the_silent_are_lost_in_time) {
    now += 10s;
    BOOST_TEST(serve() == "away 9978"); // the beat was due after 22 ms
    const TimePoint back = now;
    BOOST_TEST(next_event() == "suspected 5");
    BOOST_TEST((now == back + 8ms));
    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == back + 78ms));
}

BOOST_AUTO_TEST_CASE(an_absence_is_noticed_although_the_sockets_are_drained_first) {
    now += 500ms;
    BOOST_TEST((detector.wake(now) == 478ms));
    heard(5);
    BOOST_TEST((detector.deadline() == now));
    BOOST_TEST(serve() == "");
}

BOOST_AUTO_TEST_CASE(an_absence_is_measured_against_the_timer_of_the_owner_too) {
    detector.forget(NodeId{5});
    detector.keep_time(now + 20ms);
    now += 65ms;
    BOOST_TEST((detector.wake(now) == Duration::zero()));
    now += 10ms;
    BOOST_TEST((detector.wake(now) == 55ms));
    BOOST_TEST((detector.wake(now) == Duration::zero())); // told once
}

BOOST_AUTO_TEST_CASE(a_leader_that_somebody_heard_is_not_lost) {
    BOOST_TEST(next_event() == "suspected 5");
    now = start + 80ms;
    vouch(15ms); // at 65 ms
    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == start + 165ms));
}

BOOST_AUTO_TEST_CASE(an_older_word_than_our_own_ears_changes_nothing) {
    now = start + 40ms;
    BOOST_TEST(serve() == "suspected 5");
    vouch(60ms);
    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == start + 100ms));
}

BOOST_AUTO_TEST_CASE(a_word_about_another_life_counts_for_nothing) {
    BOOST_TEST(next_event() == "suspected 5");
    detector.on_heard(now, {NodeId{5}, session(55), 0});
    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == start + 100ms));
}

BOOST_AUTO_TEST_CASE(nobody_is_lost_before_the_others_were_asked) {
    DetectorConfig hasty;
    hasty.failure_timeout = 33ms;
    detector = FailureDetector{NodeId{3}, hasty};
    detector.watch(now, NodeId{5}, session(5), true);
    BOOST_TEST(next_event() == "suspected 5");
    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == start + 44ms)); // asked with the second probe at 40 ms, and 4 ms for a veto
}

BOOST_AUTO_TEST_CASE(a_question_of_another_saves_our_own) {
    now = start + 30ms;
    BOOST_TEST(serve() == "suspected 5");
    now = start + 38ms;
    BOOST_TEST(ask_us(5) == "silent"); // we have not heard it for 38 ms
    now = start + 40ms;
    BOOST_TEST(serve() == "");
    BOOST_TEST(sent<wire::HeardFrom>() == 0U);
}

BOOST_AUTO_TEST_CASE(a_witness_tells_everybody_once_how_long_ago) {
    now = start + 12ms;
    BOOST_TEST(ask_us(5) == "tells all 12");
    now += 4ms;
    BOOST_TEST(ask_us(5) == "silent"); // the answer is under way
    now += 1ms;
    BOOST_TEST(ask_us(5) == "tells all 17");
    BOOST_TEST(ask_us(6) == "silent"); // unknown
}

BOOST_AUTO_TEST_CASE(only_the_next_few_by_id_are_witnesses) {
    for (std::uint32_t id = 6; id < 13; ++id) follower(id); // 6..12 come before 3 after 5
    BOOST_TEST(ask_us(5) == "tells all 0");
    follower(13);
    now += 10ms;
    BOOST_TEST(ask_us(5) == "silent");
    BOOST_TEST(ask_us(13) == "tells all 10"); // after 13 comes 3
}

BOOST_AUTO_TEST_CASE(other_evidence_asks_at_once_but_only_silence_loses) {
    now = start + 5ms;
    detector.suspect(now, NodeId{5});
    BOOST_TEST(next_event() == "suspected 5");
    BOOST_TEST((now == start + 5ms));
    BOOST_TEST(sent<wire::Probe>() == 1U);
    BOOST_TEST(sent<wire::HeardFrom>() == 1U);
    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == start + 100ms));
}

BOOST_AUTO_TEST_CASE(a_client_asks_nobody) {
    FailureDetector of_client{NodeId{}, DetectorConfig{}};
    of_client.watch(now, NodeId{5}, session(5), true);
    std::string lost;
    while (lost.empty()) {
        now = of_client.deadline();
        for (const auto& event : of_client.on_deadline(now, out))
            if (std::holds_alternative<Lost>(event)) lost = std::visit(Name{}, event);
    }
    BOOST_TEST((now == start + 100ms));
    BOOST_TEST(sent<wire::HeardFrom>() == 0U);
}

BOOST_AUTO_TEST_CASE(a_little_late_is_not_away) {
    now = detector.deadline() + 50ms;
    BOOST_TEST(serve() == "suspected 5");
    BOOST_TEST(next_event() == "lost 5 leader");
    BOOST_TEST((now == start + 100ms));
}

BOOST_AUTO_TEST_CASE(watches_no_more_than_a_cluster_can_have) {
    for (std::uint32_t id = 100; id < 100 + limits::members_max; ++id)
        detector.watch(now, NodeId{id}, session(1), false);
    detector.forget(NodeId{5});
    std::size_t suspected = 0;
    now = detector.deadline();
    for (int i = 0; i < 3 && suspected == 0; ++i, now = detector.deadline()) {
        suspected = detector.on_deadline(now, out).size();
    }
    BOOST_TEST(suspected == limits::members_max - 1); // the last one had no place
}

BOOST_AUTO_TEST_SUITE_END()
