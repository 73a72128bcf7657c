// A node that was away itself doubts itself first; and what a follower makes of others who lost its leader.
#include "unit/election/bully_story.hpp"

using namespace cp;
using namespace cp::test;

namespace {

// Node 5 leads 1 and 3 in epoch 1.5, and was then away for a second.
struct AwayLeader : Story {
    AwayLeader() : Story{5, {1, 3}} {
        next_deadline();
        out.clear();
        stall();
    }
    void stall() {
        now += 1s;
        bully.on_stalled(now);
    }
};

// Node 5 follows node 3 in epoch 7.3, and was then away for a second.
struct AwayFollower : Story {
    AwayFollower() : Story{5, {1, 3}, {.preempt = false}} {
        hears(beat(epoch(7, 3)));
        now += 1s;
        bully.on_stalled(now);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(bully_stall)

BOOST_FIXTURE_TEST_CASE(a_leader_that_was_away_leads_no_longer_and_listens_for_two_intervals, AwayLeader) {
    BOOST_TEST(!bully.leading());
    BOOST_TEST(!bully.leader());
    BOOST_TEST((bully.deadline() == now + 40ms));
    BOOST_TEST(out.empty());
}

BOOST_FIXTURE_TEST_CASE(it_follows_whoever_leads_by_now, AwayLeader) {
    hears(beat(epoch(2, 3), 1));
    BOOST_TEST((bully.leader() == led_by(epoch(2, 3))));
    BOOST_TEST(bully.reason() == "stalled");
    BOOST_TEST((bully.deadline() == never));
    BOOST_TEST(out.empty());
}

BOOST_FIXTURE_TEST_CASE(the_highest_asks_before_it_claims_when_nobody_was_heard_to_lead, AwayLeader) {
    next_deadline();
    BOOST_TEST(count<wire::Election>() == 1U);
    BOOST_TEST(!bully.leader());
    BOOST_TEST((bully.deadline() == now + 100ms));
    next_deadline();
    BOOST_TEST((bully.leader() == led_by(epoch(2, 5))));
    BOOST_TEST(bully.reason() == "stalled");
}

BOOST_FIXTURE_TEST_CASE(a_leader_that_it_asked_ends_the_matter_at_once, AwayLeader) {
    next_deadline();
    hears(wire::Coordinator{epoch(2, 3), 1});
    BOOST_TEST((bully.leader() == led_by(epoch(2, 3))));
    BOOST_TEST((bully.deadline() == never));
}

BOOST_FIXTURE_TEST_CASE(until_it_asks_itself_it_holds_nobody_up, AwayLeader) {
    hears(wire::Election{NodeId{3}, epoch(1, 5)});
    BOOST_TEST(out.empty());
    BOOST_TEST(!bully.leader());
    next_deadline();
    out.clear();
    hears(wire::Election{NodeId{3}, epoch(1, 5)});
    BOOST_TEST(out.items().size() == 1U);
    BOOST_TEST(count<wire::Answer>() == 1U); // and no claim
    BOOST_TEST(!bully.leader());
}

BOOST_FIXTURE_TEST_CASE(no_loss_makes_it_claim_without_asking, AwayLeader) {
    alive(9);
    next_deadline();
    lost(9);
    BOOST_TEST(!bully.leader());
    next_deadline();
    BOOST_TEST(bully.leading());
}

BOOST_FIXTURE_TEST_CASE(an_offer_that_may_be_old_is_not_taken, AwayLeader) {
    hears(wire::HandOver{epoch(2, 3), NodeId{5}});
    BOOST_TEST(!bully.leading());
    BOOST_TEST(out.empty());
    next_deadline();
    next_deadline();
    BOOST_TEST((bully.leader() == led_by(epoch(3, 5))));
}

BOOST_FIXTURE_TEST_CASE(the_doubt_ends_with_the_leader_that_is_heard, AwayLeader) {
    hears(beat(epoch(2, 3), 1));
    lost(3);
    BOOST_TEST((bully.leader() == led_by(epoch(3, 5))));
    BOOST_TEST(bully.reason() == "leader_lost");
}

BOOST_FIXTURE_TEST_CASE(away_again_it_listens_again, AwayLeader) {
    next_deadline();
    out.clear();
    stall();
    BOOST_TEST((bully.deadline() == now + 40ms));
    BOOST_TEST(out.empty());
}

BOOST_FIXTURE_TEST_CASE(a_follower_that_was_away_keeps_its_leader_and_listens, AwayFollower) {
    BOOST_TEST((bully.leader() == led_by(epoch(7, 3))));
    BOOST_TEST((bully.deadline() == now + 40ms));
    hears(beat(epoch(7, 3)));
    BOOST_TEST((bully.deadline() == never));
    lost(3); // later, in another story: no doubt is left
    BOOST_TEST(bully.leading());
}

BOOST_FIXTURE_TEST_CASE(a_follower_whose_leader_is_not_heard_asks_though_it_is_the_highest, AwayFollower) {
    next_deadline();
    BOOST_TEST(count<wire::Election>() == 1U);
    BOOST_TEST(!bully.leader());
    next_deadline();
    BOOST_TEST((bully.leader() == led_by(epoch(8, 5))));
    BOOST_TEST(bully.reason() == "stalled");
}

BOOST_FIXTURE_TEST_CASE(a_follower_in_doubt_that_loses_its_leader_listens_on, AwayFollower) {
    const TimePoint until = bully.deadline();
    now += 10ms;
    lost(3);
    BOOST_TEST(!bully.leader());
    BOOST_TEST(out.empty());
    BOOST_TEST((bully.deadline() == until));
    hears(wire::Coordinator{epoch(8, 1), 0});
    BOOST_TEST((bully.leader() == led_by(epoch(8, 1))));
}

BOOST_AUTO_TEST_CASE(away_while_a_successor_was_awaited_it_listens_for_either) {
    Story s{4, {2, 5}};
    s.hears(beat(epoch(7, 5)));
    s.hears(wire::HandOver{epoch(7, 5), NodeId{2}});
    s.now += 1s;
    s.bully.on_stalled(s.now);
    s.lost(5);
    BOOST_TEST(s.out.empty());
    s.hears(wire::Coordinator{epoch(8, 2), 1});
    BOOST_TEST((s.bully.leader() == led_by(epoch(8, 2))));
    BOOST_TEST((s.bully.deadline() == never));
}

BOOST_AUTO_TEST_CASE(a_deadline_served_later_than_an_answer_takes_is_a_stall_too) {
    Story s{4, {1, 5}};
    s.now = s.bully.deadline() + 100ms;
    s.next_deadline();
    BOOST_TEST(s.count<wire::Election>() == 1U); // late, and no later
    s.now = s.bully.deadline() + 100ms + 1ns;
    s.next_deadline();
    BOOST_TEST(s.out.empty());
    BOOST_TEST((s.bully.deadline() == s.now + 40ms));
}

BOOST_AUTO_TEST_CASE(who_is_leaving_doubts_nothing) {
    Story s{5, {3}};
    s.next_deadline();
    s.bully.hand_over(s.out);
    s.out.clear();
    s.bully.on_stalled(s.now);
    BOOST_TEST((s.bully.deadline() == never));
}

BOOST_AUTO_TEST_CASE(who_follows_while_it_leaves_asks_nobody_after_a_stall) {
    Story s{5, {3}};
    s.hears(beat(epoch(7, 3)));
    s.bully.hand_over(s.out);
    s.bully.on_stalled(s.now);
    s.next_deadline();
    BOOST_TEST(s.out.empty());
    BOOST_TEST((s.bully.deadline() == never));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bully_doubt)

BOOST_AUTO_TEST_CASE(an_election_in_our_leader_s_epoch_makes_it_doubtful_once) {
    Story s{3, {1, 5}};
    s.hears(beat(epoch(7, 5)));
    BOOST_TEST((s.bully.take_doubt() == NodeId{}));
    s.hears(wire::Election{NodeId{1}, epoch(7, 5)});
    BOOST_TEST(s.count<wire::Answer>() == 1U);
    BOOST_TEST((s.bully.leader() == led_by(epoch(7, 5)))); // suspected, not lost
    BOOST_TEST((s.bully.take_doubt() == NodeId{5}));
    BOOST_TEST((s.bully.take_doubt() == NodeId{}));
}

BOOST_AUTO_TEST_CASE(a_higher_node_that_asks_is_evidence_as_well) {
    Story s{3, {4, 5}};
    s.hears(beat(epoch(7, 5)));
    s.hears(wire::Election{NodeId{4}, epoch(7, 5)});
    BOOST_TEST(s.out.empty());
    BOOST_TEST((s.bully.take_doubt() == NodeId{5}));
}

BOOST_AUTO_TEST_CASE(who_asks_because_it_never_heard_of_the_leader_is_no_evidence) {
    Story s{3, {1, 5}};
    s.hears(beat(epoch(7, 5)));
    s.hears(wire::Election{NodeId{1}, {}});
    s.hears(wire::Election{NodeId{1}, epoch(6, 5)});
    BOOST_TEST((s.bully.take_doubt() == NodeId{}));
}

BOOST_AUTO_TEST_CASE(a_doubt_does_not_outlive_the_leadership) {
    Story s{3, {1, 5}};
    s.hears(beat(epoch(7, 5)));
    s.hears(wire::Election{NodeId{1}, epoch(7, 5)});
    s.hears(beat(epoch(8, 1)));
    BOOST_TEST((s.bully.take_doubt() == NodeId{}));
}

BOOST_AUTO_TEST_SUITE_END()
