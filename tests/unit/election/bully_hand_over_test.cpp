// Leadership that is given: to a successor, to a higher id.
#include "unit/election/bully_story.hpp"

using namespace cp;
using namespace cp::test;

BOOST_AUTO_TEST_SUITE(bully_hand_over)

BOOST_AUTO_TEST_CASE(a_leader_that_leaves_names_the_highest_follower_and_leads_no_longer) {
    Story s{5, {1, 3}};
    s.next_deadline();
    s.alive(4); // but does not follow yet
    s.out.clear();
    s.bully.hand_over(s.out);
    const auto named = s.sent<wire::HandOver>();
    BOOST_TEST_REQUIRE(named.size() == 1U);
    BOOST_TEST((named[0].to == NodeId{3}));
    BOOST_TEST(!s.bully.leading());
    BOOST_TEST((s.bully.deadline() == never));
    s.hears(wire::Election{NodeId{1}, {}});
    s.lost(3);
    BOOST_TEST(s.out.empty()); // it never claims again, and holds nobody up
    s.hears(wire::Coordinator{epoch(2, 1), 0});
    BOOST_TEST((s.bully.leader() == led_by(epoch(2, 1))));
    s.lost(1);
    BOOST_TEST(!s.bully.leader());
    BOOST_TEST(s.out.empty());
}

BOOST_AUTO_TEST_CASE(a_lone_leader_leaves_without_a_word) {
    Story s{5};
    s.next_deadline();
    s.out.clear();
    s.bully.hand_over(s.out);
    BOOST_TEST(!s.bully.leading());
    BOOST_TEST(s.out.empty());
}

BOOST_AUTO_TEST_CASE(the_named_successor_claims_at_once) {
    Story s{2, {1, 3, 5}};
    s.hears(beat(epoch(7, 5)));
    s.hears(wire::HandOver{epoch(7, 5), NodeId{2}});
    BOOST_TEST((s.bully.leader() == led_by(epoch(8, 2))));
    BOOST_TEST(s.bully.reason() == "hand_over");
    s.hears(wire::HandOver{epoch(7, 5), NodeId{2}}); // a duplicate
    BOOST_TEST((s.bully.leader() == led_by(epoch(8, 2))));
    BOOST_TEST(s.count<wire::Coordinator>() == 1U);
}

BOOST_AUTO_TEST_CASE(others_wait_for_the_successor_even_when_the_leader_is_gone) {
    Story s{3, {2, 5}};
    s.hears(beat(epoch(7, 5)));
    s.hears(wire::HandOver{epoch(7, 5), NodeId{2}});
    s.now += 1ms;
    s.lost(5);
    BOOST_TEST(!s.bully.leader());
    BOOST_TEST(s.out.empty());
    s.hears(wire::Coordinator{epoch(8, 2), 1});
    BOOST_TEST((s.bully.leader() == led_by(epoch(8, 2))));
    BOOST_TEST(s.bully.reason() == "hand_over");
}

BOOST_AUTO_TEST_CASE(a_successor_that_does_not_claim_is_not_waited_for_longer_than_an_answer) {
    Story s{3, {2, 5}};
    s.hears(beat(epoch(7, 5)));
    s.hears(wire::HandOver{epoch(7, 5), NodeId{2}});
    BOOST_TEST((s.bully.deadline() == s.now + 100ms));
    s.lost(5);
    s.next_deadline();
    BOOST_TEST((s.bully.leader() == led_by(epoch(8, 3))));
}

BOOST_AUTO_TEST_CASE(a_lost_successor_is_not_waited_for) {
    Story s{3, {4, 5}};
    s.hears(beat(epoch(7, 5)));
    s.hears(wire::HandOver{epoch(7, 5), NodeId{4}});
    s.lost(5);
    s.lost(4);
    BOOST_TEST(s.bully.leading());
}

BOOST_AUTO_TEST_CASE(a_leader_that_goes_on_after_its_offer_is_followed_on) {
    Story s{1, {2, 5}};
    s.hears(beat(epoch(7, 2)));
    s.hears(wire::HandOver{epoch(7, 2), NodeId{5}});
    s.now += 20ms;
    s.hears(beat(epoch(7, 2)));
    s.next_deadline();
    BOOST_TEST((s.bully.leader() == led_by(epoch(7, 2))));
    BOOST_TEST((s.bully.deadline() == never));
    BOOST_TEST(s.out.empty());
}

BOOST_AUTO_TEST_CASE(a_stale_hand_over_makes_no_leader) {
    Story s{2, {1, 5}};
    s.hears(beat(epoch(8, 1)));
    s.hears(wire::HandOver{epoch(7, 5), NodeId{2}});
    BOOST_TEST((s.bully.leader() == led_by(epoch(8, 1))));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bully_preemption)

BOOST_AUTO_TEST_CASE(at_start_up_a_higher_id_gets_the_lead_at_once) {
    Story s{3};
    s.next_deadline();
    s.out.clear();
    s.now += 1s;
    s.alive(5);
    BOOST_TEST((s.bully.offered_to() == NodeId{5}));
    BOOST_TEST(s.count<wire::HandOver>() == 1U);
    BOOST_TEST(s.bully.leading()); // until the other one does
    s.hears(wire::Coordinator{epoch(2, 5), 1});
    BOOST_TEST((s.bully.leader() == led_by(epoch(2, 5))));
    BOOST_TEST(s.bully.reason() == "preempted");
}

BOOST_AUTO_TEST_CASE(an_offer_that_nobody_takes_is_repeated_ever_more_rarely) {
    Story s{3};
    s.next_deadline();
    s.alive(5);
    std::vector<Duration> pauses;
    for (int i = 0; i < 7; ++i) {
        const TimePoint before = s.now;
        s.next_deadline();
        pauses.push_back(s.now - before);
    }
    BOOST_TEST((pauses == std::vector<Duration>{200ms, 400ms, 800ms, 1600ms, 3200ms, 5s, 5s}));
    BOOST_TEST(s.bully.leading());
    s.lost(5);
    BOOST_TEST((s.bully.deadline() == never));
}

BOOST_AUTO_TEST_CASE(a_leader_with_tasks_waits_until_the_higher_id_has_been_alive_for_5_s) {
    Story s{3};
    s.next_deadline();
    s.bully.set_ever_held_task();
    s.out.clear();
    s.alive(5);
    BOOST_TEST(s.out.empty());
    BOOST_TEST((s.bully.deadline() == s.now + 5s));
    s.now += 4s;
    s.lost(5);
    s.alive(5); // from the beginning
    BOOST_TEST((s.bully.deadline() == s.now + 5s));
    s.next_deadline();
    BOOST_TEST(s.count<wire::HandOver>() == 1U);
}

BOOST_AUTO_TEST_CASE(a_leader_of_long_standing_waits_although_it_never_held_a_task) {
    Story s{3};
    s.next_deadline();
    s.now += 5s;
    s.alive(5);
    BOOST_TEST((s.bully.deadline() == s.now + 5s));
}

BOOST_AUTO_TEST_CASE(a_lower_id_preempts_nobody) {
    Story s{3};
    s.next_deadline();
    s.alive(2);
    BOOST_TEST((s.bully.deadline() == never));
}

BOOST_AUTO_TEST_CASE(without_preemption_the_leader_stays) {
    Story s{3, {}, {.preempt = false}};
    s.next_deadline();
    s.alive(5);
    BOOST_TEST((s.bully.deadline() == never));
}

BOOST_AUTO_TEST_CASE(who_did_not_answer_the_election_is_not_offered_the_lead_in_the_same_breath) {
    Story s{3, {5}};
    s.next_deadline();
    s.next_deadline();
    BOOST_TEST_REQUIRE(s.bully.leading());
    BOOST_TEST(s.count<wire::HandOver>() == 0U);
    BOOST_TEST((s.bully.deadline() == s.now + 200ms));
}

BOOST_AUTO_TEST_SUITE_END()
