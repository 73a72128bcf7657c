// Election by load, terms, and how long a node has to be there before the lead is handed to it.
#include "unit/election/bully_story.hpp"

using namespace cp;
using namespace cp::test;
using election::Policy;
using election::Rank;

namespace {

ElectionConfig by_load() { return {.policy = Policy::load, .seed = 7}; }

// Node 3 follows node 9; the loads of everybody were heard.
struct Loaded : Story {
    Loaded(std::uint16_t own, std::uint16_t first, std::uint16_t fifth) : Story{3, {1, 5, 9}, by_load()} {
        says(3, own);
        says(1, first);
        says(5, fifth);
        says(9, 100);
        hears(beat(epoch(7, 9)));
    }
};

// Node 3 leads by load with a score of 60; node 1 has told nothing yet.
struct LoadedLeader : Story {
    explicit LoadedLeader(ElectionConfig config = by_load()) : Story{3, {}, config} {
        says(3, 6000);
        next_deadline();
        out.clear();
        alive(1);
    }
    // A heartbeat of node 1 every 500 ms.
    void hear_for(Duration d, std::uint16_t load) {
        for (const TimePoint end = now + d; now < end; now += 500ms) says(1, load);
        says(1, load);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(bully_rank)

BOOST_AUTO_TEST_CASE(the_lower_load_ranks_higher_then_the_higher_id_and_the_unknown_last) {
    using election::outranks;
    BOOST_TEST(outranks(Rank{NodeId{1}, 700}, Rank{NodeId{9}, 701}));
    BOOST_TEST(outranks(Rank{NodeId{9}, 700}, Rank{NodeId{1}, 700}));
    BOOST_TEST(!outranks(Rank{NodeId{1}, 700}, Rank{NodeId{1}, 700}));
    BOOST_TEST(outranks(Rank{NodeId{1}, election::load_max}, Rank{NodeId{9}}));
    BOOST_TEST(outranks(Rank{NodeId{9}}, Rank{NodeId{1}}));
}

BOOST_AUTO_TEST_CASE(by_id_a_load_changes_nothing) {
    Story s{3, {1, 9}};
    s.says(3, 9000);
    s.says(1, 0);
    s.hears(beat(epoch(7, 9)));
    s.lost(9);
    BOOST_TEST(s.bully.leading());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bully_by_load)

BOOST_AUTO_TEST_CASE(the_lightest_claims_at_once) {
    Loaded s{1000, 1001, 5000};
    s.lost(9);
    BOOST_TEST((s.bully.leader() == led_by(epoch(8, 3))));
}

BOOST_AUTO_TEST_CASE(of_equal_loads_the_higher_id_claims_at_once) {
    Loaded s{1000, 1000, 5000};
    s.lost(9);
    BOOST_TEST(s.bully.leading());
    Loaded t{1000, 5000, 1000};
    t.lost(9);
    BOOST_TEST(!t.bully.leading());
}

BOOST_AUTO_TEST_CASE(others_wait_5_ms_for_each_that_is_lighter_and_then_ask) {
    Loaded s{3000, 1000, 2000};
    s.lost(9);
    BOOST_TEST((s.bully.deadline() == s.now + 10ms));
    s.next_deadline();
    BOOST_TEST(s.count<wire::Election>() == 1U);
}

BOOST_AUTO_TEST_CASE(who_has_told_no_load_is_waited_for_by_nobody) {
    Story s{3, {5, 9}, by_load()};
    s.says(3, 9999);
    s.hears(beat(epoch(7, 9)));
    s.lost(9);
    BOOST_TEST(s.bully.leading());
}

BOOST_AUTO_TEST_CASE(a_node_without_a_load_of_its_own_draws_its_turn) {
    Story s{5, {3, 9}, by_load()};
    s.says(3, 9999);
    s.hears(beat(epoch(7, 9)));
    s.lost(9);
    BOOST_TEST((s.bully.deadline() >= s.now + 150ms));
    BOOST_TEST((s.bully.deadline() <= s.now + 300ms));
}

BOOST_AUTO_TEST_CASE(where_nobody_has_told_a_load_the_highest_id_claims) {
    Story s{5, {3, 9}, by_load()};
    s.hears(beat(epoch(7, 9)));
    s.lost(9);
    BOOST_TEST(s.bully.leading());
}

BOOST_AUTO_TEST_CASE(listening_at_start_is_drawn_and_differs_by_node_and_seed) {
    std::vector<TimePoint> until;
    for (std::uint32_t node : {1U, 2U}) {
        for (std::uint64_t seed : {1U, 2U}) {
            const Bully bully{NodeId{node}, 1, {}, {.policy = Policy::load, .seed = seed}, start};
            BOOST_TEST((bully.deadline() >= start + 150ms));
            BOOST_TEST((bully.deadline() <= start + 300ms));
            until.push_back(bully.deadline());
        }
    }
    std::ranges::sort(until);
    BOOST_TEST((std::ranges::adjacent_find(until) == until.end()));
}

BOOST_AUTO_TEST_CASE(after_an_answer_without_a_claim_it_draws_when_to_ask_again) {
    Loaded s{3000, 1000, 5000};
    s.lost(9);
    s.next_deadline();
    s.hears(wire::Answer{NodeId{1}, epoch(7, 9)});
    s.out.clear();
    s.next_deadline();
    BOOST_TEST(s.out.empty());
    BOOST_TEST((s.bully.deadline() >= s.now + 150ms));
    BOOST_TEST((s.bully.deadline() <= s.now + 300ms));
    s.next_deadline();
    BOOST_TEST(s.count<wire::Election>() == 1U);
    s.next_deadline();
    BOOST_TEST(s.bully.leading());
}

BOOST_AUTO_TEST_CASE(an_answer_of_a_busier_node_holds_up_no_claim) {
    Loaded s{3000, 1000, 5000};
    s.lost(9);
    s.next_deadline();
    s.hears(wire::Answer{NodeId{5}, epoch(7, 9)});
    s.next_deadline();
    BOOST_TEST(s.bully.leading());
}

BOOST_AUTO_TEST_CASE(a_follower_answers_those_that_are_busier) {
    Loaded s{3000, 1000, 5000};
    s.hears(wire::Election{NodeId{1}, {}});
    BOOST_TEST(s.out.empty());
    s.hears(wire::Election{NodeId{5}, {}});
    BOOST_TEST(s.count<wire::Answer>() == 1U);
}

BOOST_AUTO_TEST_CASE(two_leaders_that_meet_count_followers_and_ids_whatever_their_loads) {
    Story s{3, {1}, by_load()};
    s.says(3, 9000);
    s.next_deadline();
    s.now += 500ms;
    s.alive(7);
    s.lost(7);
    s.alive(2);
    s.says(2, 0);
    s.hears(beat(epoch(9, 2), 1)); // by 7: as many as we
    BOOST_TEST((s.bully.leader() == led_by(epoch(10, 3))));
}

BOOST_AUTO_TEST_CASE(a_load_above_the_scale_counts_as_full) {
    Loaded s{10'000, 65'535, 60'000};
    s.lost(9);
    BOOST_TEST((s.bully.deadline() == s.now + 5ms)); // behind node 5 only: all three are full
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bully_room_for_the_lighter)

BOOST_FIXTURE_TEST_CASE(a_node_lighter_by_the_margin_for_5_s_gets_the_lead, LoadedLeader) {
    hear_for(5s, 4000);
    BOOST_TEST(out.empty());
    next_deadline();
    const auto offers = sent<wire::HandOver>();
    BOOST_TEST_REQUIRE(offers.size() == 1U);
    BOOST_TEST((offers[0].to == NodeId{1}));
    BOOST_TEST(bully.leading());
    hears(wire::Coordinator{epoch(2, 1), 1});
    BOOST_TEST(bully.reason() == "preempted");
}

BOOST_FIXTURE_TEST_CASE(a_hundredth_less_is_not_enough, LoadedLeader) {
    hear_for(20s, 4001);
    BOOST_TEST((bully.deadline() == never));
}

BOOST_FIXTURE_TEST_CASE(one_busy_heartbeat_starts_the_5_s_anew, LoadedLeader) {
    hear_for(4s, 1000);
    says(1, 5000);
    BOOST_TEST((bully.deadline() == never));
    says(1, 1000);
    BOOST_TEST((bully.deadline() == now + 5s));
}

BOOST_FIXTURE_TEST_CASE(a_leader_that_is_itself_light_for_a_moment_starts_the_5_s_anew, LoadedLeader) {
    hear_for(4s, 1000);
    says(3, 2000);
    BOOST_TEST((bully.deadline() == never));
    says(3, 6000);
    BOOST_TEST((bully.deadline() == now + 5s));
}

BOOST_FIXTURE_TEST_CASE(a_gap_starts_the_5_s_anew_with_the_next_heartbeat, LoadedLeader) {
    hear_for(4s, 1000);
    bully.on_gap(now, NodeId{1});
    BOOST_TEST((bully.deadline() == never));
    now += 500ms;
    says(1, 1000);
    BOOST_TEST((bully.deadline() == now + 5s));
}

BOOST_AUTO_TEST_CASE(nobody_gets_the_lead_before_its_leader_has_had_it_for_5_s) {
    Story s{3, {1, 9}, by_load()};
    s.says(3, 6000);
    s.says(9, 9000);
    s.hears(beat(epoch(7, 9)));
    s.says(1, 8000);
    s.lost(9);
    BOOST_TEST_REQUIRE(s.bully.leading());
    s.says(1, 0); // it never held a task, and that is no reason
    BOOST_TEST((s.bully.deadline() == s.now + 5s));
}

BOOST_AUTO_TEST_CASE(of_those_that_were_lighter_from_the_beginning_the_lightest_is_offered_the_lead) {
    Story s{3, {1, 5, 9}, by_load()};
    s.says(3, 6000);
    s.says(1, 2000);
    s.says(5, 1000);
    s.hears(beat(epoch(7, 9)));
    s.lost(9);
    s.hears(wire::HandOver{epoch(7, 9), NodeId{3}}); // which is why it leads at all
    BOOST_TEST_REQUIRE(s.bully.leading());
    BOOST_TEST((s.bully.deadline() == s.now + 5s));
    s.next_deadline();
    BOOST_TEST((s.sent<wire::HandOver>().at(0).to == NodeId{5}));
}

BOOST_FIXTURE_TEST_CASE(else_whoever_was_lighter_first, LoadedLeader) {
    alive(9);
    says(1, 2000);
    now += 6s;
    says(9, 0);
    next_deadline();
    BOOST_TEST((sent<wire::HandOver>().at(0).to == NodeId{1}));
}

BOOST_AUTO_TEST_CASE(without_preemption_nobody_gets_it) {
    auto config = by_load();
    config.preempt = false;
    LoadedLeader s{config};
    s.hear_for(20s, 0);
    BOOST_TEST((s.bully.deadline() == never));
}

BOOST_FIXTURE_TEST_CASE(a_newcomer_is_offered_nothing_at_start_up, LoadedLeader) {
    alive(9);
    BOOST_TEST(out.empty());
    BOOST_TEST((bully.deadline() == never));
}

BOOST_FIXTURE_TEST_CASE(who_leaves_names_the_lightest_follower, LoadedLeader) {
    alive(9);
    says(1, 1000);
    says(9, 8000);
    hears(follower_beat(9, epoch(1, 3)));
    hears(follower_beat(1, epoch(1, 3)));
    bully.hand_over(out);
    BOOST_TEST((sent<wire::HandOver>().at(0).to == NodeId{1}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bully_gap)

BOOST_AUTO_TEST_CASE(a_gap_starts_the_5_s_of_a_higher_id_anew) {
    Story s{3};
    s.next_deadline();
    s.bully.set_ever_held_task();
    s.alive(5);
    s.now += 4s;
    s.bully.on_gap(s.now, NodeId{5}); // suspected
    s.now += 500ms;
    s.bully.on_gap(s.now, NodeId{5}); // cleared
    BOOST_TEST((s.bully.deadline() == s.now + 5s));
}

BOOST_AUTO_TEST_CASE(a_gap_of_somebody_else_or_of_nobody_changes_nothing) {
    Story s{3};
    s.next_deadline();
    s.bully.set_ever_held_task();
    s.alive(2);
    s.alive(5);
    const TimePoint due = s.bully.deadline();
    s.now += 4s;
    s.bully.on_gap(s.now, NodeId{2});
    s.bully.on_gap(s.now, NodeId{77});
    BOOST_TEST((s.bully.deadline() == due));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bully_term)

BOOST_AUTO_TEST_CASE(the_best_renews_its_leadership_at_the_end_of_each_term) {
    Story s{5, {3}, {.leader_term = 10s}};
    s.next_deadline();
    s.out.clear();
    const TimePoint began = s.now;
    BOOST_TEST((s.bully.deadline() == began + 10s));
    s.next_deadline();
    BOOST_TEST((s.bully.leader() == led_by(epoch(2, 5))));
    BOOST_TEST(s.bully.reason() == "term");
    BOOST_TEST(s.count<wire::Coordinator>() == 1U);
    BOOST_TEST((s.bully.deadline() == began + 20s));
}

BOOST_AUTO_TEST_CASE(the_term_hands_over_to_whoever_ranks_better_whatever_the_margin) {
    auto config = by_load();
    config.leader_term = 10s;
    LoadedLeader s{config};
    s.says(1, 5999);
    s.next_deadline();
    BOOST_TEST((s.sent<wire::HandOver>().at(0).to == NodeId{1}));
    BOOST_TEST(s.bully.leading());
    s.hears(wire::Coordinator{epoch(2, 1), 1});
    BOOST_TEST((s.bully.leader() == led_by(epoch(2, 1))));
    BOOST_TEST((s.bully.deadline() == never));
}

BOOST_AUTO_TEST_CASE(a_term_that_nobody_takes_over_is_renewed) {
    auto config = by_load();
    config.leader_term = 10s;
    LoadedLeader s{config};
    s.says(1, 5999);
    s.next_deadline();
    s.sent<wire::HandOver>();
    BOOST_TEST((s.bully.deadline() == s.now + 200ms));
    s.next_deadline();
    BOOST_TEST((s.bully.leader() == led_by(epoch(2, 3))));
    BOOST_TEST(s.bully.reason() == "term");
    BOOST_TEST((s.bully.deadline() == s.now + 10s)); // and then the best is asked again
    s.out.clear();
    s.next_deadline();
    BOOST_TEST(s.count<wire::HandOver>() == 1U);
}

BOOST_AUTO_TEST_CASE(outbidding_a_rival_does_not_lengthen_the_term) {
    Story s{5, {3}, {.leader_term = 10s}};
    s.next_deadline();
    const TimePoint began = s.now;
    s.now += 5s;
    s.hears(beat(epoch(3, 3), 0));
    BOOST_TEST_REQUIRE((s.bully.leader() == led_by(epoch(4, 5))));
    BOOST_TEST((s.bully.deadline() == began + 10s));
}

BOOST_AUTO_TEST_CASE(a_term_begins_with_the_leadership) {
    Story s{5, {3}, {.leader_term = 10s}};
    s.hears(beat(epoch(7, 3)));
    BOOST_TEST((s.bully.deadline() == never));
    s.now += 1h;
    s.lost(3);
    BOOST_TEST((s.bully.deadline() == s.now + 10s));
}

BOOST_AUTO_TEST_SUITE_END()
