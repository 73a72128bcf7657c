#include "unit/election/bully_story.hpp"

using namespace cp;
using namespace cp::test;

BOOST_AUTO_TEST_SUITE(bully_start)

BOOST_AUTO_TEST_CASE(leads_alone_after_listening) {
    Story s{3};
    BOOST_TEST((s.bully.deadline() == start + 250ms));
    s.next_deadline();
    BOOST_TEST(s.bully.leading());
    BOOST_TEST((s.bully.leader() == led_by(epoch(1, 3))));
    BOOST_TEST(s.bully.reason() == "start");
    BOOST_TEST((s.sent<wire::Coordinator>().at(0).epoch == epoch(1, 3)));
    BOOST_TEST((s.bully.deadline() == never));
}

BOOST_AUTO_TEST_CASE(follows_a_leader_that_it_hears_while_listening) {
    Story s{3, {2}};
    s.hears(beat(epoch(7, 2)));
    BOOST_TEST((s.bully.leader() == led_by(epoch(7, 2))));
    BOOST_TEST(s.bully.reason() == "start");
    BOOST_TEST((s.bully.deadline() == never));
    BOOST_TEST(s.out.empty());
}

BOOST_AUTO_TEST_CASE(asks_when_a_higher_id_is_alive_and_claims_when_nobody_answers) {
    Story s{3, {5}};
    s.next_deadline();
    BOOST_TEST(s.count<wire::Election>() == 1U);
    BOOST_TEST(!s.bully.leader());
    s.next_deadline();
    BOOST_TEST((s.now == start + 350ms));
    BOOST_TEST(s.bully.leading());
}

BOOST_AUTO_TEST_CASE(an_election_ends_the_listening_of_the_highest) {
    Story s{5, {3}};
    s.hears(wire::Election{NodeId{3}, {}});
    BOOST_TEST(s.bully.leading());
    const auto items = s.out.items();
    BOOST_TEST_REQUIRE(items.size() == 2U);
    BOOST_TEST(std::holds_alternative<wire::Answer>(items[0].message));
    BOOST_TEST(std::holds_alternative<wire::Coordinator>(items[1].message));
}

BOOST_AUTO_TEST_CASE(a_stored_epoch_lifts_claims_but_fences_nobody) {
    Bully bully{NodeId{3}, 2, epoch(1000, 9), {}, start};
    wire::Outbox out;
    bully.on_leader_heartbeat(start, NodeId{2}, beat(epoch(7, 2)), out);
    BOOST_TEST((bully.leader() == led_by(epoch(7, 2))));
    BOOST_TEST((bully.highest_seen() == epoch(7, 2)));
    bully.on_member_lost(start, NodeId{2}, out);
    BOOST_TEST((bully.leader() == led_by(epoch(1001, 3, 2))));
    BOOST_TEST(bully.highest_counter() == 1001U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bully_failover)

BOOST_AUTO_TEST_CASE(the_highest_live_id_claims_at_once_when_the_leader_is_lost) {
    Story s{4, {1, 5}};
    s.hears(beat(epoch(7, 5)));
    s.lost(5);
    BOOST_TEST(s.bully.leading());
    BOOST_TEST(s.bully.reason() == "leader_lost");
    const auto claims = s.sent<wire::Coordinator>();
    BOOST_TEST_REQUIRE(claims.size() == 1U);
    BOOST_TEST((claims[0].epoch == epoch(8, 4)));
    BOOST_TEST(claims[0].followers == 1U);
}

BOOST_AUTO_TEST_CASE(others_wait_by_rank_and_then_ask) {
    Story s{1, {2, 3, 5}};
    s.hears(beat(epoch(7, 5)));
    s.lost(5);
    BOOST_TEST(!s.bully.leader());
    BOOST_TEST(s.out.empty());
    BOOST_TEST((s.bully.deadline() == start + 10ms));
    s.next_deadline();
    const auto asked = s.sent<wire::Election>();
    BOOST_TEST_REQUIRE(asked.size() == 1U);
    BOOST_TEST((asked[0].seen == epoch(7, 5)));
}

BOOST_AUTO_TEST_CASE(a_claim_of_the_highest_ends_the_waiting) {
    Story s{1, {3, 5}};
    s.hears(beat(epoch(7, 5)));
    s.lost(5);
    s.hears(wire::Coordinator{epoch(8, 3), 1});
    BOOST_TEST((s.bully.leader() == led_by(epoch(8, 3))));
    BOOST_TEST(s.bully.reason() == "leader_lost");
    BOOST_TEST((s.bully.deadline() == never));
    BOOST_TEST(s.out.empty());
}

BOOST_AUTO_TEST_CASE(claims_at_once_when_all_that_ranked_higher_are_lost_too) {
    Story s{1, {3, 5}};
    s.hears(beat(epoch(7, 5)));
    s.lost(5);
    s.next_deadline();
    s.lost(3);
    BOOST_TEST((s.bully.leader() == led_by(epoch(8, 1))));
}

BOOST_AUTO_TEST_CASE(an_answer_extends_the_wait_once_and_then_it_asks_again) {
    Story s{1, {3, 5}};
    s.hears(beat(epoch(7, 5)));
    s.lost(5);
    s.next_deadline();
    s.now += 60ms;
    s.hears(wire::Answer{NodeId{3}, epoch(7, 5)});
    BOOST_TEST((s.bully.deadline() == s.now + 100ms));
    s.now += 60ms;
    s.hears(wire::Answer{NodeId{3}, epoch(7, 5)});
    BOOST_TEST((s.bully.deadline() == s.now + 40ms));
    s.sent<wire::Election>();
    s.next_deadline();
    BOOST_TEST(s.count<wire::Election>() == 1U);
    s.next_deadline(); // nobody answered this time
    BOOST_TEST(s.bully.leading());
}

BOOST_AUTO_TEST_CASE(an_answer_that_came_before_the_question_counts) {
    Story s{1, {3, 5}};
    s.hears(beat(epoch(7, 5)));
    s.lost(5);
    s.hears(wire::Answer{NodeId{3}, epoch(7, 5)}); // to somebody else, who asked first
    s.next_deadline();
    s.next_deadline();
    BOOST_TEST(!s.bully.leading());
    BOOST_TEST(s.count<wire::Election>() == 2U);
}

BOOST_AUTO_TEST_CASE(answers_of_lower_ids_do_not_hold_up_a_claim) {
    Story s{3, {1, 5}};
    s.next_deadline();
    s.hears(wire::Answer{NodeId{1}, {}});
    s.next_deadline();
    BOOST_TEST(s.bully.leading());
}

BOOST_AUTO_TEST_CASE(a_follower_that_outranks_a_candidate_answers_and_goes_on_following) {
    Story s{3, {1, 5}};
    s.hears(beat(epoch(7, 5)));
    s.hears(wire::Election{NodeId{1}, {}});
    BOOST_TEST(s.count<wire::Answer>() == 1U);
    BOOST_TEST((s.bully.leader() == led_by(epoch(7, 5))));
    s.now += 20ms;
    s.hears(wire::Election{NodeId{4}, {}}); // outranks us
    BOOST_TEST(s.out.empty());
}

BOOST_AUTO_TEST_CASE(the_loss_of_another_follower_changes_nothing) {
    Story s{3, {1, 5}};
    s.hears(beat(epoch(7, 5)));
    s.lost(1);
    BOOST_TEST((s.bully.leader() == led_by(epoch(7, 5))));
    BOOST_TEST(s.out.empty());
}

BOOST_AUTO_TEST_CASE(who_was_away_in_an_election_listens_before_it_claims) {
    Story s{4, {1, 5}};
    s.next_deadline(); // asks
    s.out.clear();
    s.now = s.bully.deadline() + 100ms + 1ns;
    s.next_deadline();
    BOOST_TEST(!s.bully.leader());
    BOOST_TEST((s.bully.deadline() == s.now + 40ms));
    s.hears(wire::Coordinator{epoch(1, 5), 2});
    BOOST_TEST((s.bully.leader() == led_by(epoch(1, 5))));
    BOOST_TEST(s.out.empty());
}

BOOST_AUTO_TEST_CASE(a_leader_that_only_seemed_lost_is_followed_again) {
    Story s{1, {3, 5}};
    s.hears(beat(epoch(7, 5)));
    s.lost(5);
    s.hears(beat(epoch(7, 5)));
    BOOST_TEST((s.bully.leader() == led_by(epoch(7, 5))));
    BOOST_TEST((s.bully.deadline() == never));
}

BOOST_AUTO_TEST_CASE(a_leader_that_stepped_down_is_followed_no_longer) {
    Story s{1, {3, 5}};
    s.hears(beat(epoch(7, 5)));
    s.hears(follower_beat(5, epoch(6, 3))); // from before it led, overtaken
    BOOST_TEST((s.bully.leader() == led_by(epoch(7, 5))));
    s.hears(follower_beat(5, epoch(8, 3)));
    BOOST_TEST(!s.bully.leader());
    s.hears(beat(epoch(8, 3)));
    BOOST_TEST((s.bully.leader() == led_by(epoch(8, 3))));
}

BOOST_AUTO_TEST_SUITE_END()
