// An answer that leaves while it is made.
#include "unit/node_core/flow_node.hpp"

using namespace cp;
using namespace cp::node;
using namespace cp::node::test;

namespace {

constexpr std::uint64_t segment = 1400;

struct Answering : Node {
    void make(std::uint64_t ready) { flow.on_work_under_way(now, id(1), answer, ready, out); }
    void done(const Outcome<Payload>& outcome) { flow.on_work_done(now, id(1), outcome, out); }
    void lease(bool holds) { flow.set_lease(now, holds, out); }
    // How many segments leave now.
    std::size_t leave() {
        out.clear();
        transfers.pull(now, 1000, out);
        return said<wire::Data>();
    }
    // As another run of the same work makes it.
    static Payload same_elsewhere() {
        return wire::make_object(wire::object_prefix(wire::ResultHeader{id(1), {}}), Bytes(10 * segment));
    }

    const Payload answer = same_elsewhere();
};

struct Maker : Answering { // leads
    Maker() {
        lead();
        receive(1);
        out.clear();
    }
};

struct Worker : Answering { // of another leader
    Worker() {
        follow();
        receive(1);
        assign(1);
        out.clear();
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(growing_answer)

BOOST_AUTO_TEST_CASE(it_leaves_as_far_as_it_is_made_and_is_whole_when_the_work_is_done) {
    Maker n;
    n.make(5 * segment + 7);
    BOOST_TEST(n.transfers_begun() == 1U);
    BOOST_TEST(n.said<wire::TaskDone>() == 0U);
    BOOST_TEST(n.leave() == 5U);
    n.make(9 * segment);
    BOOST_TEST(n.leave() == 4U);
    BOOST_TEST((n.flow.ledger().stage(id(1)) == wire::TaskStage::running));
    n.done(n.answer);
    BOOST_TEST(n.transfers_begun() == 0U); // it goes on
    BOOST_TEST(n.said<wire::TaskDone>() == 1U);
    BOOST_TEST(n.leave() == (n.answer.size() + segment - 1) / segment - 9);
}

BOOST_AUTO_TEST_CASE(what_turns_out_to_be_worthless_is_not_sent_any_further) {
    Maker n;
    n.make(5 * segment);
    n.done(Failure{errc::digest_mismatch, "the upload arrived damaged: send it again"});
    BOOST_TEST(n.said<wire::TaskFailed>() == 2U); // to the client, and to all
    BOOST_TEST(n.leave() == 0U);
    BOOST_TEST(n.transfers.leaving().empty());
}

BOOST_AUTO_TEST_CASE(nothing_of_it_leaves_without_a_lease) {
    Maker n;
    n.lease(false);
    n.make(5 * segment);
    BOOST_TEST(n.transfers_begun() == 0U);
    n.lease(true);
    n.make(6 * segment);
    BOOST_TEST(n.transfers_begun() == 1U);

    n.lease(false);
    n.make(7 * segment);
    BOOST_TEST(n.leave() == 0U);
    n.done(n.answer);
    BOOST_TEST(n.leave() == 0U);
    n.lease(true);
    BOOST_TEST(n.transfers_begun() == 1U);
    BOOST_TEST(n.said<wire::Poll>() == 1U); // the client has a part of it: what is missing is asked first
}

BOOST_AUTO_TEST_CASE(a_client_that_was_left_behind_is_asked_again_when_all_of_it_is_made) {
    Maker n;
    n.make(5 * segment);
    n.flow.on_send_finished({{id(1), ObjectKind::result}, wire::TransferId{1}, {}, 0, 0});
    n.out.clear();
    n.make(6 * segment);
    BOOST_TEST(n.transfers_begun() == 0U);
    n.done(n.answer);
    BOOST_TEST(n.transfers_begun() == 1U);
    BOOST_TEST(n.said<wire::Poll>() == 1U);
}

BOOST_AUTO_TEST_CASE(a_lease_that_comes_and_goes_sends_nothing_twice) {
    Maker n;
    n.make(5 * segment);
    BOOST_TEST(n.leave() == 5U);
    n.lease(false);
    n.lease(true);
    n.make(9 * segment);
    BOOST_TEST(n.transfers_begun() == 0U);
    BOOST_TEST(n.leave() == 0U);
    n.done(n.answer);
    BOOST_TEST(n.said<wire::Poll>() == 1U);
}

BOOST_AUTO_TEST_CASE(who_leads_without_a_lease_stops_what_it_sent_as_a_worker) {
    Worker n;
    n.lease(false); // nobody grants a follower one
    n.make(5 * segment);
    BOOST_TEST(n.leave() == 5U);
    n.lead();
    n.make(9 * segment);
    BOOST_TEST(n.leave() == 0U);
    BOOST_TEST(n.transfers.leaving().empty());
    n.done(n.answer);
    n.flow.follow(n.now, third, Epoch{7, third, 1}, n.out); // it was never ours to say
    BOOST_TEST(n.transfers.leaving().empty());
}

// What one run has not written yet must not leave because another one has.
BOOST_AUTO_TEST_CASE(a_run_says_nothing_of_the_memory_of_another) {
    Worker n;
    n.make(5 * segment);
    BOOST_TEST(n.leave() == 5U);
    n.flow.on_work_under_way(n.now, id(1), n.same_elsewhere(), 9 * segment, n.out);
    BOOST_TEST(n.leave() == 0U);
    const Payload other = n.same_elsewhere();
    n.done(other);
    BOOST_TEST(n.said<wire::Poll>() == 1U); // all of it is there: what the client still misses
    BOOST_TEST(n.transfers.leaving().size() == 1U);
    n.make(9 * segment);
    BOOST_TEST(n.leave() == 0U);
}

BOOST_AUTO_TEST_CASE(work_goes_on_while_somebody_elses_answer_counts) {
    Worker n;
    n.make(5 * segment);
    n.say(leader, wire::TaskDone{id(1), epoch, wire::stated_digest(n.answer.view())});
    n.out.clear();
    n.wait(100ms);
    BOOST_TEST(n.said<wire::TaskDone>() == 0U); // it has none
    (void)n.happened<RunTask>();
    n.flow.on_message(n.now, client, wire::TaskReject{id(1), leader}, n.out); // and that one was no good
    n.assign(1);
    BOOST_TEST(n.happened<RunTask>() == 0U); // it is at it
    n.out.clear();
    n.done(n.answer);
    BOOST_TEST(n.said<wire::TaskDone>() == 1U);
    BOOST_TEST(n.transfers.leaving().size() == 1U);
}

BOOST_AUTO_TEST_CASE(another_nodes_answer_ends_it) {
    Maker n;
    n.make(5 * segment);
    n.say(third, wire::TaskDone{id(1), Epoch{6, self, 1}, wire::stated_digest(n.answer.view())});
    n.out.clear();
    n.done(n.answer);
    BOOST_TEST(n.said<wire::TaskDone>() == 0U);
    BOOST_TEST(n.leave() == 0U);
    BOOST_TEST(n.transfers.leaving().empty());
}

BOOST_AUTO_TEST_SUITE_END()
