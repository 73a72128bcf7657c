#include "election/quorum.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace std::chrono_literals;
using election::Quorum;
using election::QuorumConfig;

namespace {

constexpr TimePoint start{1h};

Epoch epoch(std::uint64_t counter, std::uint32_t leader, std::uint64_t life = 1) {
    return {counter, NodeId{leader}, life};
}

wire::Outgoing sent(std::uint64_t number, wire::Message message = wire::Heartbeat{}) {
    return {.lane = wire::Lane::control, .to = {}, .number = number, .message = std::move(message)};
}

// Node 5 leads in epoch 7.5 and needs two others. Its promises of an earlier life have run out.
struct Leading {
    Leading() { quorum.began(epoch(7, 5)); }
    void grants(std::uint32_t node, std::uint64_t number, const Epoch& e = epoch(7, 5)) {
        quorum.on_grant(NodeId{node}, {e, number});
    }
    Quorum quorum{{.n = 3}, start - 100ms};
    TimePoint now = start;
};

// A node that has been up for a while, and granted datagram 10 of node 5 in epoch 7.5.
struct Bound {
    Bound() { BOOST_TEST_REQUIRE(quorum.grant(now, epoch(7, 5), 10).has_value()); }
    bool grants(const Epoch& e, std::uint64_t number = 1) { return quorum.grant(now, e, number).has_value(); }
    Quorum quorum{{.n = 2}, start - 100ms};
    TimePoint now = start;
};

} // namespace

BOOST_AUTO_TEST_SUITE(quorum_of_a_leader)

BOOST_AUTO_TEST_CASE(off_it_always_holds_and_grants_nothing) {
    for (std::size_t n : {0U, 1U}) {
        Quorum quorum{{.n = n}, start};
        BOOST_TEST(!quorum.on());
        BOOST_TEST(quorum.holds(start));
        BOOST_TEST((quorum.expiry() == never));
        BOOST_TEST(!quorum.grant(start + 1s, epoch(7, 5), 1).has_value());
    }
}

BOOST_FIXTURE_TEST_CASE(a_claimant_serves_after_n_less_one_grants_of_others, Leading) {
    quorum.on_sent(now, sent(1, wire::Coordinator{epoch(7, 5), 2}));
    BOOST_TEST(!quorum.holds(now));
    grants(1, 1);
    BOOST_TEST(!quorum.holds(now));
    grants(1, 1); // the same one twice
    BOOST_TEST(!quorum.holds(now));
    grants(5, 1); // we ourselves
    BOOST_TEST(!quorum.holds(now));
    grants(2, 1);
    BOOST_TEST(quorum.holds(now));
}

BOOST_FIXTURE_TEST_CASE(a_grant_counts_for_70_ms_from_when_it_was_asked_for, Leading) {
    quorum.on_sent(now, sent(1));
    now += 50ms; // on the way
    grants(1, 1);
    grants(2, 1);
    BOOST_TEST((quorum.expiry() == start + 70ms));
    BOOST_TEST(quorum.holds(start + 70ms - 1ns));
    BOOST_TEST(!quorum.holds(start + 70ms));
}

BOOST_FIXTURE_TEST_CASE(the_oldest_of_those_needed_decides, Leading) {
    for (std::uint64_t n = 1; n <= 3; ++n) quorum.on_sent(start + (n - 1) * 20ms, sent(n));
    grants(1, 1);
    grants(2, 3);
    BOOST_TEST((quorum.expiry() == start + 70ms));
    grants(4, 2); // a third follower: the oldest is not needed any more
    BOOST_TEST((quorum.expiry() == start + 90ms));
    grants(2, 1); // late: takes nothing back
    BOOST_TEST((quorum.expiry() == start + 90ms));
}

BOOST_FIXTURE_TEST_CASE(grants_of_another_epoch_do_not_count, Leading) {
    quorum.on_sent(now, sent(1));
    grants(1, 1, epoch(6, 5));
    grants(2, 1, epoch(7, 3));
    BOOST_TEST((quorum.expiry() == TimePoint::min()));
    grants(1, 1);
    grants(2, 1);
    quorum.began(epoch(7, 5)); // as before
    BOOST_TEST(quorum.holds(now));
    quorum.began(epoch(8, 5));
    BOOST_TEST(!quorum.holds(now));
}

BOOST_FIXTURE_TEST_CASE(the_claim_may_be_looked_at_before_the_epoch_began, Leading) {
    quorum.on_sent(now, sent(1, wire::Coordinator{epoch(8, 5), 2}));
    quorum.began(epoch(8, 5));
    grants(1, 1, epoch(8, 5));
    grants(2, 1, epoch(8, 5));
    BOOST_TEST(quorum.holds(now));
}

BOOST_FIXTURE_TEST_CASE(only_coordinators_and_heartbeats_ask, Leading) {
    quorum.on_sent(now, sent(1, wire::Election{}));
    auto unicast = sent(2);
    unicast.lane = wire::Lane::unicast;
    quorum.on_sent(now, unicast);
    for (std::uint64_t number : {0U, 1U, 2U, 3U}) {
        grants(1, number);
        grants(2, number);
    }
    BOOST_TEST(!quorum.holds(now));
}

BOOST_FIXTURE_TEST_CASE(the_same_datagram_looked_at_again_is_not_younger, Leading) {
    quorum.on_sent(now, sent(1));
    quorum.on_sent(now + 50ms, sent(1));
    grants(1, 1);
    grants(2, 1);
    BOOST_TEST((quorum.expiry() == start + 70ms));
}

BOOST_FIXTURE_TEST_CASE(what_was_asked_16_datagrams_ago_is_forgotten, Leading) {
    for (std::uint64_t n = 1; n <= 17; ++n) quorum.on_sent(now, sent(n));
    grants(1, 1);
    grants(2, 2);
    BOOST_TEST(!quorum.holds(now));
    grants(1, 2);
    BOOST_TEST(quorum.holds(now));
}

BOOST_FIXTURE_TEST_CASE(after_an_offer_only_later_grants_count, Leading) {
    quorum.on_sent(now, sent(1));
    grants(1, 1);
    grants(2, 1);
    BOOST_TEST_REQUIRE(quorum.holds(now));
    quorum.on_sent(now, sent(2, wire::HandOver{epoch(7, 5), NodeId{9}}));
    BOOST_TEST(!quorum.holds(now));
    grants(1, 1);
    grants(2, 1);
    BOOST_TEST(!quorum.holds(now));
    quorum.on_sent(now, sent(3)); // nobody took it, and we go on
    grants(1, 3);
    grants(2, 3);
    BOOST_TEST(quorum.holds(now));
}

BOOST_FIXTURE_TEST_CASE(who_leads_no_longer_holds_nothing, Leading) {
    quorum.on_sent(now, sent(1));
    grants(1, 1);
    grants(2, 1);
    quorum.ended();
    BOOST_TEST(!quorum.holds(now));
    grants(1, 1);
    grants(2, 1);
    BOOST_TEST(!quorum.holds(now));
}

BOOST_FIXTURE_TEST_CASE(a_leader_promises_nothing, Leading) {
    BOOST_TEST(!quorum.grant(now + 1h, epoch(9, 6), 1).has_value());
    quorum.ended();
    BOOST_TEST(quorum.grant(now + 1h, epoch(9, 6), 1).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_claimant_keeps_its_own_promise_first, Bound) {
    quorum.began(epoch(8, 3));
    quorum.on_sent(now + 90ms, sent(1));
    quorum.on_grant(NodeId{1}, {epoch(8, 3), 1});
    BOOST_TEST(!quorum.holds(now + 100ms - 1ns));
    BOOST_TEST(quorum.holds(now + 100ms));
}

BOOST_AUTO_TEST_CASE(a_claimant_that_has_just_started_may_have_promised_in_an_earlier_life) {
    Quorum quorum{{.n = 2}, start};
    quorum.began(epoch(8, 3));
    quorum.on_sent(start + 90ms, sent(1));
    quorum.on_grant(NodeId{1}, {epoch(8, 3), 1});
    BOOST_TEST(!quorum.holds(start + 100ms - 1ns));
    BOOST_TEST(quorum.holds(start + 100ms));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(quorum_of_a_follower)

BOOST_AUTO_TEST_CASE(it_grants_what_it_was_asked_for) {
    Quorum quorum{{.n = 2}, start - 100ms};
    const auto grant = quorum.grant(start, epoch(7, 5), 10);
    BOOST_TEST_REQUIRE(grant.has_value());
    BOOST_TEST((grant->epoch == epoch(7, 5)));
    BOOST_TEST(grant->number == 10U);
    BOOST_TEST((quorum.bound_until() == start + 100ms));
}

BOOST_AUTO_TEST_CASE(it_grants_nothing_in_its_first_timeout) {
    Quorum quorum{{.n = 2}, start};
    BOOST_TEST(!quorum.grant(start + 100ms - 1ns, epoch(7, 5), 1).has_value());
    BOOST_TEST(quorum.grant(start + 100ms, epoch(7, 5), 2).has_value());
}

BOOST_FIXTURE_TEST_CASE(it_grants_no_other_claim_within_a_timeout_of_its_last_word, Bound) {
    now += 60ms;
    BOOST_TEST(grants(epoch(7, 5), 13)); // binds anew
    now += 100ms - 1ns;
    BOOST_TEST(!grants(epoch(8, 3)));
    now += 1ns;
    BOOST_TEST(grants(epoch(8, 3)));
    BOOST_TEST(!grants(epoch(7, 5)));
}

BOOST_FIXTURE_TEST_CASE(a_refused_claim_does_not_lengthen_the_promise, Bound) {
    now += 60ms;
    BOOST_TEST(!grants(epoch(8, 3)));
    BOOST_TEST((quorum.bound_until() == start + 100ms));
}

BOOST_FIXTURE_TEST_CASE(a_new_epoch_of_the_same_leader_is_no_other_claim, Bound) {
    BOOST_TEST(grants(epoch(9, 5), 11));
    BOOST_TEST(!grants(epoch(7, 5), 12)); // but its past is
}

BOOST_FIXTURE_TEST_CASE(another_life_of_the_leader_is_another_claim, Bound) {
    BOOST_TEST(!grants(epoch(8, 5, 2)));
    quorum.release(NodeId{5});
    BOOST_TEST(grants(epoch(8, 5, 2)));
}

BOOST_FIXTURE_TEST_CASE(a_leader_that_crashed_or_left_binds_nobody, Bound) {
    quorum.release(NodeId{3}); // somebody else did
    BOOST_TEST(!grants(epoch(8, 3)));
    quorum.release(NodeId{5});
    BOOST_TEST(grants(epoch(8, 3)));
}

BOOST_FIXTURE_TEST_CASE(a_leader_that_offered_the_lead_binds_nobody, Bound) {
    quorum.on_hand_over(NodeId{3}, 11); // somebody else did
    BOOST_TEST(!grants(epoch(8, 3)));
    quorum.on_hand_over(NodeId{5}, 11);
    BOOST_TEST(grants(epoch(8, 3)));
}

BOOST_FIXTURE_TEST_CASE(an_offer_frees_nobody_from_what_was_asked_after_it, Bound) {
    quorum.on_hand_over(NodeId{5}, 9); // overtaken on the way
    BOOST_TEST(!grants(epoch(8, 3)));
    quorum.on_hand_over(NodeId{5}, 11);
    BOOST_TEST(grants(epoch(7, 5), 12)); // the leader goes on
    BOOST_TEST(!grants(epoch(8, 3)));
}

BOOST_FIXTURE_TEST_CASE(a_datagram_that_came_late_does_not_hide_an_earlier_promise, Bound) {
    BOOST_TEST(grants(epoch(7, 5), 14));
    BOOST_TEST(grants(epoch(7, 5), 12));
    quorum.on_hand_over(NodeId{5}, 13);
    BOOST_TEST(!grants(epoch(8, 3)));
}

BOOST_AUTO_TEST_CASE(the_timeout_is_that_of_the_profile) {
    Quorum quorum{{.n = 2, .failure_timeout = 250ms}, start - 1s};
    BOOST_TEST(quorum.grant(start, epoch(7, 5), 1).has_value());
    BOOST_TEST((quorum.bound_until() == start + 250ms));
    Quorum leader{{.n = 2, .failure_timeout = 250ms}, start - 1s};
    leader.began(epoch(7, 5));
    leader.on_sent(start, sent(1));
    leader.on_grant(NodeId{1}, {epoch(7, 5), 1});
    BOOST_TEST((leader.expiry() == start + 175ms));
}

BOOST_AUTO_TEST_SUITE_END()
