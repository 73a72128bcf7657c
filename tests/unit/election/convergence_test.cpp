// Bully under a nemesis: whatever happened, after the network heals one leader remains.
#include "unit/election/virtual_cluster.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::test;

namespace {

// A second of misfortunes, then peace. Returns what went wrong, empty when nothing did.
std::string survive(std::uint64_t seed, VirtualCluster::Options options) {
    Rng chance{seed};
    options.nodes = 2 + static_cast<unsigned>(chance.below(5));
    const double loss_in_peace = options.loss;
    options.loss = chance.unit() * 0.4;
    options.duplicates = 0.05;
    VirtualCluster cluster{seed, options};
    for (TimePoint t{}; t < TimePoint{1s};) {
        const Duration pause = chance.between(1ms, 300ms);
        cluster.run(pause);
        cluster.misfortune();
        t += pause;
    }
    cluster.heal();
    cluster.set_loss(loss_in_peace);

    Duration calm{};
    for (Duration peace{}; peace < 4s && calm < 100ms; peace += 10ms) {
        cluster.run(10ms);
        calm = cluster.agreed() ? calm + 10ms : 0ms;
    }
    if (!cluster.violation().empty()) return cluster.violation();
    return calm >= 100ms ? "" : "no agreement: " + cluster.describe();
}

void survive_all(std::uint64_t seeds, const VirtualCluster::Options& options) {
    std::uint64_t survived = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const std::string wrong = survive(seed, options);
        if (wrong.empty()) ++survived;
        if (!wrong.empty()) BOOST_ERROR("seed " << seed << ": " << wrong);
    }
    BOOST_TEST(survived == seeds);
}

} // namespace

BOOST_AUTO_TEST_SUITE(bully_convergence)

BOOST_AUTO_TEST_CASE(one_leader_remains_and_it_is_the_highest) { survive_all(2000, {}); }

BOOST_AUTO_TEST_CASE(one_leader_remains_without_preemption_though_counts_of_followers_are_lies) {
    survive_all(1000, {.preempt = false, .lying_counts = true});
}

BOOST_AUTO_TEST_CASE(one_leader_remains_while_every_tenth_datagram_is_lost) {
    survive_all(1000, {.loss = 0.1});
}

BOOST_AUTO_TEST_CASE(one_leader_remains_by_load_while_loads_change) {
    survive_all(1000, {.policy = election::Policy::load});
}

BOOST_AUTO_TEST_CASE(one_leader_remains_by_load_while_every_tenth_datagram_is_lost) {
    survive_all(500, {.loss = 0.1, .policy = election::Policy::load});
}

BOOST_AUTO_TEST_CASE(one_leader_remains_through_terms) { survive_all(500, {.leader_term = 250ms}); }

BOOST_AUTO_TEST_CASE(with_a_quorum_two_leaders_never_serve_at_once_and_one_serves_in_the_end) {
    survive_all(2000, {.quorum = true});
    survive_all(500, {.policy = election::Policy::load, .quorum = true});
}

BOOST_AUTO_TEST_CASE(by_load_the_lightest_gets_the_lead_and_the_next_one_takes_over_at_once) {
    VirtualCluster cluster{1, {.nodes = 5, .policy = election::Policy::load}};
    const std::uint16_t loads[]{9000, 3000, 500, 6000, 8000};
    for (std::size_t i = 0; i < 5; ++i) cluster.set_load(i, loads[i]);
    cluster.run(2s);
    BOOST_TEST(cluster.agreed());
    BOOST_TEST((cluster.leader_of(0) == NodeId{3}));
    const auto claims = cluster.claims();
    cluster.crash(2);
    cluster.run(150ms); // the silence, and a datagram
    BOOST_TEST((cluster.leader_of(0) == NodeId{2}));
    BOOST_TEST((cluster.leader_of(4) == NodeId{2}));
    BOOST_TEST(cluster.claims() == claims + 1);
}

BOOST_AUTO_TEST_CASE(a_cluster_with_equal_loads_keeps_its_leader) {
    VirtualCluster cluster{1, {.nodes = 5, .policy = election::Policy::load}};
    for (std::size_t i = 0; i < 5; ++i) cluster.set_load(i, 700);
    cluster.run(2s);
    const auto claims = cluster.claims();
    cluster.run(10s);
    BOOST_TEST(cluster.agreed());
    BOOST_TEST(cluster.claims() == claims);
}

BOOST_AUTO_TEST_CASE(after_a_partition_the_leader_with_more_followers_stays) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) { // who is heard first differs
        VirtualCluster cluster{seed, {.nodes = 5, .preempt = false}};
        cluster.run(1s);
        BOOST_TEST_REQUIRE(cluster.agreed());
        cluster.partition(0b10000); // node 5 on one side, the others on the other
        cluster.run(1s);
        BOOST_TEST(!cluster.agreed());
        BOOST_TEST((cluster.leader_of(0) == NodeId{4}));
        BOOST_TEST((cluster.leader_of(4) == NodeId{5}));
        cluster.heal();
        cluster.run(100ms);
        BOOST_TEST(cluster.agreed());
        BOOST_TEST((cluster.leader_of(0) == NodeId{4}));
        BOOST_TEST(cluster.violation() == "");
    }
}

BOOST_AUTO_TEST_CASE(a_leader_that_was_away_comes_back_as_a_follower) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        VirtualCluster cluster{seed, {.nodes = 2, .preempt = false}}; // the higher id wins a meeting of two
        cluster.run(1s);
        BOOST_TEST_REQUIRE((cluster.leader_of(0) == NodeId{2}));
        const auto claims = cluster.claims();
        cluster.freeze(1, 400ms);
        cluster.run(500ms);
        BOOST_TEST((cluster.leader_of(0) == NodeId{1}));
        BOOST_TEST((cluster.leader_of(1) == NodeId{1}));
        BOOST_TEST(cluster.claims() == claims + 1);
    }
}

BOOST_AUTO_TEST_CASE(a_leader_that_nobody_missed_leads_again_after_it_asked) {
    VirtualCluster cluster{1, {.nodes = 1}};
    cluster.run(1s);
    const auto claims = cluster.claims();
    cluster.freeze(0, 400ms);
    cluster.run(600ms);
    BOOST_TEST(cluster.agreed());
    BOOST_TEST(cluster.claims() == claims + 1);
}

BOOST_AUTO_TEST_CASE(a_settled_cluster_keeps_its_leader_and_sends_heartbeats_only) {
    VirtualCluster cluster{1, {.nodes = 5}};
    cluster.run(2s);
    BOOST_TEST_REQUIRE(cluster.agreed());
    const auto claims = cluster.claims();
    const auto sent = cluster.sent();
    cluster.run(10s);
    BOOST_TEST(cluster.agreed());
    BOOST_TEST(cluster.claims() == claims);
    BOOST_TEST(cluster.sent() - sent <= 10 * (50 + 4 * 17) + 5U);
}

BOOST_AUTO_TEST_SUITE_END()
