// What a worker does with an assignment and with its answer, message by message.
#include "unit/node_core/flow_node.hpp"

using namespace cp;
using namespace cp::node;
using namespace cp::node::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(task_worker)

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
    BOOST_TEST(n.transfers_begun() == 1U); // the result is on its way to the client
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
    BOOST_TEST(n.transfers_begun() == 1U);
    BOOST_TEST(n.said<wire::Poll>() == 0U); // all of it goes out
    n.flow.on_send_finished(
        {{id(1), ObjectKind::result}, wire::TransferId{1}, {}, 0, 0}); // it did not arrive
    n.out.clear();
    n.flow.on_message(n.now, client, wire::TaskQuery{id(1)}, n.out);
    BOOST_TEST(n.transfers_begun() == 1U);
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
    BOOST_TEST(n.transfers_begun() == 0U); // it is not made, nor sent, again
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
