// What a leader may say without its lease, whom it counts as a holder, whom it believes, message by message.
#include "unit/node_core/flow_node.hpp"

using namespace cp;
using namespace cp::node;
using namespace cp::node::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(task_leader)

BOOST_AUTO_TEST_CASE(a_leader_redoes_what_died_with_its_worker_when_the_client_asks) {
    Node n{tasks::DispatchPolicy::round_robin};
    n.lead();
    n.receive(1);
    n.say(third, wire::TaskDone{id(1), Epoch{6, self, 1}, {}});
    n.flow.on_message(n.now, client, wire::TaskQuery{id(1)}, n.out);
    BOOST_TEST(n.happened<RunTask>() == 0U); // its worker lives and heard the question, too
    n.members.mark(third, wire::MemberState::gone);
    n.flow.on_member_lost(n.now, third, n.out);
    n.flow.on_message(n.now, client, wire::TaskQuery{id(1)}, n.out);
    BOOST_TEST(n.happened<RunTask>() == 1U);
}

BOOST_AUTO_TEST_CASE(nobody_is_assigned_more_than_fits_and_the_rest_follows_as_they_finish) {
    Node n{tasks::DispatchPolicy::round_robin};
    n.lead();
    for (NodeId node : {third, leader}) { // only this node is left
        n.members.mark(node, wire::MemberState::gone);
        n.flow.on_member_lost(n.now, node, n.out);
    }
    constexpr auto most = static_cast<std::uint32_t>(tasks::Assignments::per_worker_max);
    for (std::uint32_t number = 1; number <= most + 1; ++number) n.receive(number);
    BOOST_TEST(n.happened<RunTask>() == most);
    n.finish(1);
    BOOST_TEST((n.flow.deadline() <= n.now));
    n.wait(0ms);
    BOOST_TEST(n.happened<RunTask>() == 1U);
}

BOOST_AUTO_TEST_CASE(without_its_lease_a_leader_sends_no_result_until_it_holds_again) {
    Node n;
    n.lead();
    n.flow.set_lease(n.now, false, n.out);
    n.receive(1);
    n.say(third, wire::TaskState{id(1), epoch, third, wire::TaskStage::held});
    n.finish(1);
    n.flow.on_message(n.now, client, wire::TaskQuery{id(1)}, n.out);
    BOOST_TEST(n.transfers_begun() == 0U);
    BOOST_TEST(n.said<wire::TaskDone>() == 0U);
    BOOST_TEST(n.said<wire::TaskAccepted>() == 0U);
    n.flow.set_lease(n.now, true, n.out);
    BOOST_TEST(n.transfers_begun() == 1U);
    BOOST_TEST(n.said<wire::TaskDone>() == 1U);
    BOOST_TEST(n.said<wire::TaskAccepted>() == 1U);
}

BOOST_AUTO_TEST_CASE(a_leader_that_steps_down_drops_what_it_was_not_allowed_to_send) {
    Node n;
    n.lead();
    n.flow.set_lease(n.now, false, n.out);
    n.receive(1);
    n.finish(1);
    n.flow.follow(n.now, leader, Epoch{7, leader, 1}, n.out);
    n.flow.set_lease(n.now, true, n.out);
    BOOST_TEST(n.transfers_begun() == 0U);
    BOOST_TEST((n.flow.ledger().stage(id(1)) == wire::TaskStage::held));
}

BOOST_AUTO_TEST_CASE(accepted_needs_a_second_holder_that_is_no_suspect) {
    Node n;
    n.lead();
    n.receive(1);
    n.say(third, wire::TaskState{id(1), epoch, third, wire::TaskStage::receiving});
    BOOST_TEST(n.said<wire::TaskAccepted>() == 0U);
    n.members.mark(third, wire::MemberState::suspect);
    n.flow.on_message(n.now, session(2), wire::TaskState{id(1), epoch, third, wire::TaskStage::held}, n.out);
    BOOST_TEST(n.said<wire::TaskAccepted>() == 0U);
    n.say(leader, wire::TaskState{id(1), epoch, leader, wire::TaskStage::held});
    BOOST_TEST(n.said<wire::TaskAccepted>() == 1U);
}

BOOST_AUTO_TEST_CASE(followers_that_answer_nothing_for_250_ms_do_not_count_as_live) {
    Node n;
    n.lead();
    n.receive(1);
    n.wait(20ms);
    BOOST_TEST(n.said<wire::TaskQuery>() == 1U);
    n.wait(249ms);
    BOOST_TEST(n.said<wire::TaskAccepted>() == 0U);
    n.wait(1ms);
    BOOST_TEST(n.said<wire::TaskAccepted>() == 1U);
}

BOOST_AUTO_TEST_CASE(a_follower_that_answers_is_waited_for) {
    Node n;
    n.lead();
    n.receive(1);
    n.wait(20ms);
    n.wait(10ms);
    n.say(third, wire::TaskState{id(1), epoch, third, wire::TaskStage::receiving});
    n.wait(240ms);
    BOOST_TEST(n.said<wire::TaskAccepted>() == 0U);
    BOOST_TEST(n.said<wire::TaskQuery>() == 2U); // and asked again
}

BOOST_AUTO_TEST_CASE(what_no_live_node_has_is_lost_and_the_client_hears_it) {
    Node n;
    n.lead();
    n.say(third, wire::TaskState{id(1), epoch, third, wire::TaskStage::held});
    n.flow.on_message(n.now, client, wire::TaskQuery{id(1)}, n.out);
    n.members.mark(third, wire::MemberState::gone);
    n.flow.on_member_lost(n.now, third, n.out);
    n.out.clear();
    n.flow.on_message(n.now, client, wire::TaskQuery{id(1)}, n.out);
    BOOST_REQUIRE(n.said<wire::TaskState>() == 1U);
    const auto& state = std::get<wire::TaskState>(n.out.items().front().message);
    BOOST_TEST((state.stage == wire::TaskStage::lost));
}

BOOST_AUTO_TEST_CASE(only_who_asked_ends_a_task_and_never_a_node) {
    Node n;
    n.follow();
    n.receive(1);
    n.flow.on_message(n.now, session(101), wire::TaskAck{id(1)}, n.out);
    n.say(third, wire::TaskAck{id(1)});
    n.say(third, wire::TaskAck{id(2)}); // not known here
    BOOST_TEST((n.flow.ledger().stage(id(1)) == wire::TaskStage::held));
    BOOST_TEST(!n.flow.ledger().finished(id(2)));
    n.flow.on_message(n.now, client, wire::TaskAck{id(1)}, n.out);
    n.flow.on_message(n.now, client, wire::TaskAck{id(2)}, n.out);
    BOOST_TEST(n.flow.ledger().finished(id(1)));
    BOOST_TEST(n.flow.ledger().finished(id(2)));
}

BOOST_AUTO_TEST_CASE(a_client_that_asks_for_anothers_task_is_told_so) {
    Node n;
    n.lead();
    n.receive(1);
    n.out.clear();
    n.flow.on_message(n.now, session(101), wire::TaskQuery{id(1)}, n.out);
    BOOST_REQUIRE(n.said<wire::TaskFailed>() == 1U);
    const auto& failed = std::get<wire::TaskFailed>(n.out.items().front().message);
    BOOST_TEST(failed.code == static_cast<std::uint16_t>(errc::conflict));
}

BOOST_AUTO_TEST_CASE(a_rejected_answer_is_made_again_by_another_holder_whatever_the_policy) {
    Node n;
    n.lead();
    n.receive(1);
    n.say(third, wire::TaskState{id(1), epoch, third, wire::TaskStage::held});
    n.finish(1);
    (void)n.flow.take_events();
    n.out.clear();
    n.flow.on_message(n.now, session(101), wire::TaskReject{id(1), self}, n.out); // not who asked
    n.flow.on_message(n.now, client, wire::TaskReject{id(1), third}, n.out);      // not whose answer it was
    BOOST_TEST(n.out.empty());
    n.flow.on_message(n.now, client, wire::TaskReject{id(1), self}, n.out);
    n.flow.on_message(n.now, client, wire::TaskReject{id(1), self}, n.out); // said twice
    BOOST_TEST(n.said<wire::TaskAssign>() == 1U);
    BOOST_TEST(n.happened<TaskReassigned>() == 1U);
    BOOST_TEST((n.flow.ledger().stage(id(1)) == wire::TaskStage::running));
    n.out.clear();
    n.flow.on_message(n.now, client, wire::TaskQuery{id(1)}, n.out);
    BOOST_TEST(n.transfers_begun() == 0U); // the wrong answer is gone
}

BOOST_AUTO_TEST_CASE(a_rejected_answer_is_made_again_here_when_nobody_else_holds_the_upload) {
    Node n;
    n.lead();
    n.receive(1);
    n.finish(1);
    (void)n.flow.take_events();
    n.flow.on_message(n.now, client, wire::TaskReject{id(1), self}, n.out);
    BOOST_TEST(n.happened<RunTask>() == 1U);
}

// Its delivery may take longer than a result waits for somebody who never asks.
BOOST_AUTO_TEST_CASE(an_answer_that_its_client_waits_for_is_kept) {
    for (const bool leads : {true, false}) {
        Node n;
        leads ? n.lead() : n.follow();
        n.receive(1);
        if (!leads) n.assign(1);
        n.finish(1);
        for (int second = 0; second < 100; ++second) {
            n.wait(1s);
            n.flow.on_message(n.now, client, wire::TaskQuery{id(1)}, n.out);
        }
        BOOST_TEST((n.flow.ledger().stage(id(1)) == wire::TaskStage::done));
        n.wait(limits::payload_kept_after_done);
        BOOST_TEST((n.flow.ledger().stage(id(1)) == wire::TaskStage::finished));
    }
}

BOOST_AUTO_TEST_CASE(an_upload_that_no_node_can_read_is_refused_not_sent_for_ever) {
    Node n;
    n.lead();
    wire::Setup setup;
    setup.transfer = {1};
    setup.object = {id(1), ObjectKind::upload};
    const Payload unreadable = wire::make_object(Bytes(40, std::byte{0xff}), {});
    setup.total_bytes = unreadable.size();
    setup.segment_bytes = 1400;
    n.transfers.on_setup(n.now, client, setup, n.out);
    n.transfers.on_data(n.now, client, 1, {setup.transfer, 0, false, unreadable.view()}, n.out);
    n.out.clear();
    n.flow.on_object_complete(n.now, client, setup.object, n.out);
    BOOST_TEST(n.said<wire::TaskFailed>() == 1U);
    BOOST_TEST(!n.transfers.find(setup.object));
}

BOOST_AUTO_TEST_SUITE_END()
