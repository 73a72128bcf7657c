// One node's share in a task, message by message: what a worker does with an assignment, what a leader may
// say without its lease, whom it counts as a holder. Whole clusters are played in tests/scenario and
// tests/sim.
#include "node_core/task_flow.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>

using namespace cp;
using namespace cp::node;
using namespace std::chrono_literals;

namespace {

constexpr NodeId self{1};
constexpr NodeId leader{3};
constexpr NodeId third{2};
const Epoch epoch{5, leader, 1};

SessionId session(int number) {
    SessionId s;
    s.bytes[0] = static_cast<std::byte>(number);
    return s;
}
const SessionId client = session(100);

wire::TaskHeader header(std::uint32_t number) {
    wire::TaskHeader h;
    h.task = {ClientId{7}, number};
    h.reply_to = client;
    h.user = "alice";
    return h;
}
TaskId id(std::uint32_t number) { return header(number).task; }

// Node 1 with its members 2 and 3; everything it says is kept.
struct Node {
    explicit Node(tasks::DispatchPolicy policy = tasks::DispatchPolicy::leader)
        : flow{{.self = self, .dispatch = policy, .segment_bytes = 1400}, transfers, members} {
        join(third);
        join(leader);
    }
    void join(NodeId node) {
        wire::Introduction who;
        who.node = node;
        who.incarnation = 1;
        (void)members.on_introduction(now, session(static_cast<int>(node.value)), who);
    }
    void follow() { flow.follow(now, leader, epoch, out); }
    void lead() {
        flow.lead(now, Epoch{6, self, 1}, out);
        for (NodeId node : {third, leader}) say(node, wire::LedgerSummary{Epoch{6, self, 1}, node, 0, {}});
        BOOST_REQUIRE(flow.serving());
        out.clear();
    }
    void receive(std::uint32_t number, std::uint64_t work_bytes = 0) {
        const Payload upload = wire::make_object(wire::object_prefix(header(number)), {});
        wire::Setup setup;
        setup.transfer = {number};
        setup.object = {id(number), ObjectKind::upload};
        setup.total_bytes = upload.size();
        setup.segment_bytes = 1400;
        setup.work_bytes = work_bytes;
        transfers.on_setup(now, client, setup, out);
        transfers.on_data(now, client, number, {setup.transfer, 0, false, upload.view()}, out);
        flow.on_object_complete(now, setup.object, out);
    }
    void say(NodeId from, const auto& message) {
        const SessionId who = session(static_cast<int>(from.value));
        (void)members.on_heard(now, who);
        flow.on_message(now, who, message, out);
    }
    void assign(std::uint32_t number, const Epoch& in = epoch, NodeId worker = self) {
        say(leader, wire::TaskAssign{id(number), in, worker});
    }
    void finish(std::uint32_t number) {
        flow.on_work_done(now, id(number),
                          wire::make_object(wire::object_prefix(wire::ResultHeader{id(number), {}}), {}),
                          out);
    }
    void wait(Duration d) {
        now += d;
        flow.on_deadline(now, out);
    }
    // How many of that kind it has said since the last question.
    template <class M>
    std::size_t said() {
        const auto count = std::ranges::count_if(
            out.items(), [](const auto& item) { return std::holds_alternative<M>(item.message); });
        return static_cast<std::size_t>(count);
    }
    template <class E>
    std::size_t happened() {
        const auto events = flow.take_events();
        return static_cast<std::size_t>(
            std::ranges::count_if(events, [](const auto& e) { return std::holds_alternative<E>(e); }));
    }

    TimePoint now = TimePoint{} + 1h;
    transfer::MemoryBudget budget{1U << 20U};
    transfer::Transfers transfers{{}, budget, now};
    membership::MemberTable members;
    wire::Outbox out;
    TaskFlow flow;
};

} // namespace

BOOST_AUTO_TEST_SUITE(task_flow)

BOOST_AUTO_TEST_CASE(a_worker_acknowledges_at_once_works_once_and_reports_every_50_ms) {
    Node n;
    n.follow();
    n.receive(1);
    n.out.clear();
    n.assign(1);
    BOOST_TEST(n.said<wire::TaskProgress>() == 1U);
    n.assign(1); // its answer was lost
    BOOST_TEST(n.said<wire::TaskProgress>() == 2U);
    BOOST_TEST(n.happened<RunTask>() == 1U);
    n.wait(50ms);
    n.wait(50ms);
    BOOST_TEST(n.said<wire::TaskProgress>() == 4U);
}

BOOST_AUTO_TEST_CASE(a_worker_refuses_an_assignment_of_a_lower_epoch_and_of_who_does_not_lead_it) {
    Node n;
    n.follow();
    n.receive(1);
    n.out.clear();
    n.assign(1, Epoch{4, leader, 1});
    n.say(third, wire::TaskAssign{id(1), epoch, self});
    BOOST_TEST(n.said<wire::TaskProgress>() == 0U);
    BOOST_TEST(n.happened<RunTask>() == 0U);
}

BOOST_AUTO_TEST_CASE(a_worker_that_is_done_answers_a_repeated_assignment_with_its_result) {
    Node n;
    n.follow();
    n.receive(1);
    n.assign(1);
    n.finish(1);
    n.out.clear();
    n.assign(1);
    n.assign(1, epoch, third); // also when somebody else was chosen meanwhile
    BOOST_TEST(n.said<wire::TaskDone>() == 2U);
    BOOST_TEST(n.happened<RunTask>() == 1U);
}

BOOST_AUTO_TEST_CASE(a_worker_that_was_replaced_reports_no_more_and_its_late_result_counts) {
    Node n;
    n.follow();
    n.receive(1);
    n.assign(1);
    n.assign(1, epoch, third);
    n.out.clear();
    n.wait(50ms);
    BOOST_TEST(n.said<wire::TaskProgress>() == 0U);
    n.finish(1);
    BOOST_TEST(n.said<wire::TaskDone>() == 1U);
    BOOST_TEST(n.said<wire::Setup>() == 1U); // the result is on its way to the client
}

BOOST_AUTO_TEST_CASE(a_worker_whose_task_another_has_done_keeps_its_result_to_itself) {
    Node n;
    n.follow();
    n.receive(1);
    n.assign(1);
    n.say(third, wire::TaskDone{id(1), epoch, {}});
    n.out.clear();
    n.finish(1);
    BOOST_TEST(n.out.empty());
}

BOOST_AUTO_TEST_CASE(a_worker_tells_the_next_leader_what_it_works_on) {
    Node n;
    n.follow();
    n.receive(1);
    n.assign(1);
    n.out.clear();
    n.flow.follow(n.now, third, Epoch{6, third, 1}, n.out);
    n.wait(0ms);
    BOOST_TEST(n.said<wire::TaskProgress>() == 1U);
}

BOOST_AUTO_TEST_CASE(a_worker_delivers_when_the_client_asks) {
    Node n;
    n.follow();
    n.receive(1);
    n.assign(1);
    n.out.clear();
    n.finish(1);
    BOOST_TEST(n.said<wire::Setup>() == 1U);
    BOOST_TEST(n.said<wire::Poll>() == 0U); // all of it goes out
    n.flow.on_send_finished(
        {{id(1), ObjectKind::result}, wire::TransferId{1}, {}, 0, 0}); // it did not arrive
    n.out.clear();
    n.flow.on_message(n.now, client, wire::TaskQuery{id(1)}, n.out);
    BOOST_TEST(n.said<wire::Setup>() == 1U);
    BOOST_TEST(n.said<wire::Poll>() == 1U); // a part may have arrived: what is missing is asked first
}

BOOST_AUTO_TEST_CASE(an_answer_that_its_client_never_takes_ends_the_task) {
    Node n;
    n.lead();
    n.receive(1);
    n.finish(1);
    n.out.clear();
    (void)n.flow.take_events();
    n.flow.on_answer_refused(n.now, id(1), n.out);
    n.flow.on_answer_refused(n.now, id(1), n.out); // a second transfer of it
    const auto failed = std::ranges::find_if(n.out.items(), [](const auto& item) {
        return std::holds_alternative<wire::TaskFailed>(item.message);
    });
    BOOST_TEST_REQUIRE((failed != n.out.items().end()));
    BOOST_TEST(std::get<wire::TaskFailed>(failed->message).code ==
               static_cast<std::uint16_t>(errc::too_large));
    BOOST_TEST(n.happened<TaskFailed>() == 1U);
    n.out.clear();
    n.flow.on_message(n.now, client, wire::TaskQuery{id(1)}, n.out);
    BOOST_TEST(n.said<wire::Setup>() == 0U); // it is not made, nor sent, again
    BOOST_TEST(n.said<wire::TaskFailed>() == 1U);
}

BOOST_AUTO_TEST_CASE(who_fetches_an_upload_reserves_what_its_client_said_that_the_work_takes) {
    Node n;
    n.follow();
    n.receive(1, 300'000);
    n.out.clear();
    const ObjectId upload{id(1), ObjectKind::upload};
    n.flow.on_fetch(n.now, session(static_cast<int>(third.value)), wire::Fetch{upload}, n.out);
    const auto setup = std::ranges::find_if(
        n.out.items(), [](const auto& item) { return std::holds_alternative<wire::Setup>(item.message); });
    BOOST_TEST_REQUIRE((setup != n.out.items().end()));
    BOOST_TEST(std::get<wire::Setup>(setup->message).work_bytes == 300'000U);
}

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
    BOOST_TEST(n.said<wire::Setup>() == 0U);
    BOOST_TEST(n.said<wire::TaskDone>() == 0U);
    BOOST_TEST(n.said<wire::TaskAccepted>() == 0U);
    n.flow.set_lease(n.now, true, n.out);
    BOOST_TEST(n.said<wire::Setup>() == 1U);
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
    BOOST_TEST(n.said<wire::Setup>() == 0U);
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
    BOOST_TEST(n.said<wire::Setup>() == 0U); // the wrong answer is gone
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

BOOST_AUTO_TEST_CASE(a_worker_drops_an_answer_that_was_rejected) {
    Node n;
    n.follow();
    n.receive(1);
    n.assign(1);
    n.finish(1);
    n.flow.on_message(n.now, client, wire::TaskReject{id(1), self}, n.out);
    n.out.clear();
    n.assign(1, epoch, third);
    BOOST_TEST(n.said<wire::TaskDone>() == 0U);
    n.assign(1);
    BOOST_TEST(n.said<wire::TaskProgress>() == 1U); // it may well be its turn again
}

BOOST_AUTO_TEST_SUITE_END()
