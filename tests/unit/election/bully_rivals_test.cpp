// Other leaders: fenced, met, outbid.
#include "unit/election/bully_story.hpp"

using namespace cp;
using namespace cp::test;

BOOST_AUTO_TEST_SUITE(bully_fencing)

BOOST_AUTO_TEST_CASE(a_stale_leader_is_ignored_and_told_at_most_once_in_20_ms) {
    Story s{1, {3, 5}};
    s.hears(beat(epoch(8, 3)));
    s.hears(beat(epoch(7, 5)));
    const auto told = s.sent<wire::Answer>();
    BOOST_TEST_REQUIRE(told.size() == 1U);
    BOOST_TEST((told[0].seen == epoch(8, 3)));
    s.now += 19ms;
    s.hears(wire::Coordinator{epoch(7, 5), 3});
    BOOST_TEST(s.out.empty());
    s.now += 1ms;
    s.hears(wire::Coordinator{epoch(7, 5), 3});
    BOOST_TEST(s.count<wire::Answer>() == 1U);
    BOOST_TEST((s.bully.leader() == led_by(epoch(8, 3))));
}

BOOST_AUTO_TEST_CASE(a_restarted_leader_that_forgot_its_counter_gets_above_its_old_epoch) {
    Bully bully{NodeId{5}, 2, {}, {}, start};
    wire::Outbox out;
    bully.on_deadline(bully.deadline(), out);
    BOOST_TEST((bully.leader() == led_by(epoch(1, 5, 2))));
    bully.on_answer(start + 300ms, NodeId{1}, {NodeId{1}, epoch(7, 5, 1)}, out);
    BOOST_TEST((bully.leader() == led_by(epoch(8, 5, 2))));
}

BOOST_AUTO_TEST_CASE(a_fenced_leader_steps_down_for_a_live_leader) {
    Story s{5, {1, 3}};
    s.next_deadline();
    s.hears(follower_beat(3, {})); // node 3 is not with us
    s.hears(wire::Answer{NodeId{1}, epoch(9, 3)});
    BOOST_TEST(!s.bully.leader());
    s.hears(beat(epoch(9, 3), 1));
    BOOST_TEST((s.bully.leader() == led_by(epoch(9, 3))));
    BOOST_TEST(s.bully.reason() == "outbid");
}

BOOST_AUTO_TEST_CASE(a_fenced_leader_outbids_an_epoch_whose_leader_is_not_heard_for_40_ms) {
    Story s{5, {1}};
    s.next_deadline();
    s.hears(wire::Answer{NodeId{1}, epoch(9, 3)});
    BOOST_TEST((s.bully.leader() == led_by(epoch(1, 5))));
    s.now += 20ms;
    s.hears(wire::Answer{NodeId{1}, epoch(9, 3)}); // again: no reason to wait longer
    BOOST_TEST((s.bully.deadline() == s.now + 20ms));
    s.next_deadline();
    BOOST_TEST((s.bully.leader() == led_by(epoch(10, 5))));
    s.hears(wire::Answer{NodeId{1}, epoch(9, 3)}); // late
    BOOST_TEST((s.bully.leader() == led_by(epoch(10, 5))));
}

BOOST_AUTO_TEST_CASE(a_leader_that_was_cut_off_believes_the_newer_claim_about_its_followers) {
    Story story{3, {1, 2}};
    story.next_deadline(); // leads, and takes both for followers
    BOOST_TEST_REQUIRE((story.bully.leader() == led_by(epoch(1, 3))));
    story.now += 300ms; // meanwhile 1 follows 2
    story.hears(beat(epoch(2, 2), 1));
    BOOST_TEST((story.bully.leader() == led_by(epoch(2, 2))));
}

BOOST_AUTO_TEST_CASE(a_newer_leader_believes_no_old_count_of_the_one_that_was_cut_off) {
    Story story{2, {1, 3}};
    story.hears(beat(epoch(1, 3), 2));
    story.lost(3);
    BOOST_TEST_REQUIRE((story.bully.leader() == led_by(epoch(2, 2))));
    story.now += 300ms;
    story.alive(3);
    story.hears(beat(epoch(1, 3), 2));
    BOOST_TEST((story.bully.leader() == led_by(epoch(3, 2)))); // outbids: its one follower is real
}

BOOST_AUTO_TEST_CASE(followers_that_were_lost_before_are_not_counted_out) {
    Story story{3, {1, 2, 4, 5}};
    story.lost(4);
    story.lost(5);
    story.next_deadline();
    BOOST_TEST_REQUIRE((story.bully.leader() == led_by(epoch(1, 3))));
    story.now += 300ms;
    story.alive(5);
    story.hears(beat(epoch(2, 5), 1)); // followed by 4
    BOOST_TEST((story.bully.leader() == led_by(epoch(3, 3))));
}

BOOST_AUTO_TEST_CASE(a_fenced_leader_that_meets_the_other_counts_followers_first) {
    Story s{5, {1}, {.preempt = false}};
    s.next_deadline();
    s.hears(wire::Answer{NodeId{1}, epoch(9, 3)});
    s.alive(3);
    s.hears(beat(epoch(9, 3), 3));
    BOOST_TEST((s.bully.leader() == led_by(epoch(9, 3))));
    BOOST_TEST((s.bully.deadline() == never));
}

BOOST_AUTO_TEST_CASE(a_fenced_leader_outbids_at_once_an_epoch_whose_leader_follows_it) {
    Story s{5, {1, 3}};
    s.next_deadline();
    s.hears(wire::Answer{NodeId{1}, epoch(9, 3)}); // node 3 is with us
    BOOST_TEST((s.bully.leader() == led_by(epoch(10, 5))));
}

BOOST_AUTO_TEST_CASE(a_counter_that_no_cluster_reaches_is_ignored) {
    Story s{5, {1}};
    const Epoch absurd = epoch(~std::uint64_t{0}, 1);
    s.hears(beat(absurd));
    s.hears(wire::Coordinator{absurd, 0});
    s.hears(wire::HandOver{absurd, NodeId{5}});
    s.hears(wire::Election{NodeId{1}, absurd});
    BOOST_TEST((s.bully.leader() == led_by(epoch(1, 5))));
    s.hears(wire::Answer{NodeId{1}, absurd});
    BOOST_TEST((s.bully.leader() == led_by(epoch(1, 5))));
}

BOOST_AUTO_TEST_CASE(nobody_speaks_for_another) {
    Story s{5, {1, 3}};
    s.bully.on_leader_heartbeat(s.now, NodeId{1}, beat(epoch(7, 3)), s.out);
    s.bully.on_coordinator(s.now, NodeId{1}, {epoch(7, 3), 1}, s.out);
    s.bully.on_hand_over(s.now, NodeId{1}, {epoch(7, 3), NodeId{5}}, s.out);
    s.bully.on_election(s.now, NodeId{1}, {NodeId{3}, {}}, s.out);
    BOOST_TEST(!s.bully.leader());
    BOOST_TEST(s.out.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bully_two_leaders)

// Node 4 leads in epoch 1.4 with two followers, and half a second has passed. It has known others, who may
// follow somebody else by now.
struct Leading : Story {
    Leading() : Story{4, {1, 2}, {.preempt = false}} {
        next_deadline();
        now += 500ms;
        for (std::uint32_t other : {6U, 7U, 8U}) alive(other);
        for (std::uint32_t other : {6U, 7U, 8U}) lost(other);
        out.clear();
    }
};

BOOST_FIXTURE_TEST_CASE(more_followers_outbid_both_epochs, Leading) {
    alive(5);
    hears(beat(epoch(9, 5), 1));
    BOOST_TEST((bully.leader() == led_by(epoch(10, 4))));
    BOOST_TEST(bully.reason() == "outbid");
    BOOST_TEST((sent<wire::Coordinator>().at(0).epoch == epoch(10, 4)));
}

BOOST_FIXTURE_TEST_CASE(fewer_followers_yield, Leading) {
    hears(beat(epoch(9, 3), 3));
    BOOST_TEST((bully.leader() == led_by(epoch(9, 3))));
    BOOST_TEST(bully.reason() == "outbid");
    BOOST_TEST(bully.followers() == 0U);
}

BOOST_FIXTURE_TEST_CASE(with_equal_followers_the_higher_id_wins, Leading) {
    hears(beat(epoch(9, 3), 2));
    BOOST_TEST((bully.leader() == led_by(epoch(10, 4))));
    hears(beat(epoch(11, 5), 2));
    BOOST_TEST((bully.leader() == led_by(epoch(11, 5))));
}

BOOST_FIXTURE_TEST_CASE(a_loser_with_the_higher_epoch_waits_to_be_outbid, Leading) {
    alive(5);
    hears(beat(epoch(0, 5), 3));
    BOOST_TEST(bully.leading());
    BOOST_TEST(out.empty());
    hears(wire::Coordinator{epoch(2, 5), 3});
    BOOST_TEST((bully.leader() == led_by(epoch(2, 5))));
}

BOOST_FIXTURE_TEST_CASE(a_rival_that_does_not_hear_drives_no_counter_up, Leading) {
    for (int i = 0; i < 100; ++i, now += 20ms) hears(beat(epoch(0, 3), 0));
    BOOST_TEST((bully.leader() == led_by(epoch(2, 4)))); // outbid once, then only told
    BOOST_TEST(count<wire::Coordinator>() == 100U);
}

BOOST_FIXTURE_TEST_CASE(those_who_follow_somebody_else_are_not_counted, Leading) {
    BOOST_TEST(bully.followers() == 2U);
    alive(3);
    BOOST_TEST(bully.followers() == 2U); // new, and has not said so yet
    hears(follower_beat(3, epoch(1, 4)));
    BOOST_TEST(bully.followers() == 3U);
    hears(follower_beat(2, {}));
    lost(1);
    BOOST_TEST(bully.followers() == 1U);
}

BOOST_AUTO_TEST_CASE(of_two_claims_at_one_moment_the_higher_epoch_stays_and_no_third_is_made) {
    Story s{4, {3}};
    s.next_deadline();
    s.out.clear();
    s.now += 20ms;
    s.hears(wire::Coordinator{epoch(1, 3), 1});
    s.hears(beat(epoch(1, 3), 1));
    BOOST_TEST(s.count<wire::Coordinator>() == 1U);
    s.now += 500ms;
    s.hears(beat(epoch(1, 3), 0));
    BOOST_TEST((s.bully.leader() == led_by(epoch(1, 4))));
}

BOOST_FIXTURE_TEST_CASE(a_candidate_is_told_who_leads, Leading) {
    hears(wire::Election{NodeId{1}, epoch(1, 4)});
    BOOST_TEST((sent<wire::Coordinator>().at(0).epoch == epoch(1, 4)));
}

BOOST_AUTO_TEST_SUITE_END()
