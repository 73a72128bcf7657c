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

// Node 4 leads in epoch 1.4 with two followers, and half a second has passed. It has known others, who may follow
// somebody else by now.
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

BOOST_AUTO_TEST_SUITE(bully_hand_over)

BOOST_AUTO_TEST_CASE(a_leader_that_leaves_names_the_highest_follower_and_leads_no_longer) {
    Story s{5, {1, 3}};
    s.next_deadline();
    s.alive(4); // but does not follow yet
    s.out.clear();
    s.bully.hand_over(s.now, s.out);
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
    s.bully.hand_over(s.now, s.out);
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

BOOST_AUTO_TEST_SUITE(live_set)

BOOST_AUTO_TEST_CASE(is_bounded) {
    election::LiveSet peers;
    for (std::uint32_t id = 1; id <= limits::members_max; ++id)
        BOOST_TEST_REQUIRE(peers.add(start, NodeId{id}));
    BOOST_TEST(!peers.add(start, NodeId{1000}));
    BOOST_TEST((peers.highest()->id == NodeId{limits::members_max}));
    peers.remove(NodeId{7});
    BOOST_TEST(peers.add(start, NodeId{1000}));
    BOOST_TEST(peers.count_above({NodeId{limits::members_max}}) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
