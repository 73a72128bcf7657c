#include "tasks/task_ledger.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::tasks;
using namespace std::chrono_literals;
using wire::TaskStage;

namespace {

constexpr NodeId self{1};

wire::TaskHeader header(std::uint32_t number) {
    wire::TaskHeader h;
    h.task = {ClientId{7}, number};
    h.user = "alice";
    return h;
}

Digest digest(int value) {
    Digest d{};
    d[0] = static_cast<std::byte>(value);
    return d;
}

TaskId id(std::uint32_t number) { return header(number).task; }

} // namespace

BOOST_AUTO_TEST_SUITE(task_ledger)

BOOST_AUTO_TEST_CASE(an_upload_is_admitted_once_and_known_afterwards) {
    TaskLedger ledger;
    BOOST_TEST((ledger.admit(self, header(1), digest(1)) == Admission::fresh));
    BOOST_TEST((ledger.admit(self, header(1), digest(1)) == Admission::known));
    BOOST_TEST(ledger.open().size() == 1U);
    BOOST_TEST((ledger.stage(id(1)) == TaskStage::held));
}

BOOST_AUTO_TEST_CASE(a_known_id_with_other_bytes_is_refused) {
    TaskLedger ledger;
    (void)ledger.admit(self, header(1), digest(1));
    BOOST_TEST((ledger.admit(self, header(1), digest(2)) == Admission::conflict));
    BOOST_TEST((ledger.find(id(1))->upload == digest(1)));
}

BOOST_AUTO_TEST_CASE(the_first_answer_wins) {
    TaskLedger ledger;
    (void)ledger.admit(self, header(1), digest(1));
    BOOST_TEST(ledger.done({}, id(1), digest(10), NodeId{2}));
    BOOST_TEST(!ledger.done({}, id(1), digest(11), NodeId{2}));
    BOOST_TEST(!ledger.fail({}, id(1), errc::internal, "late"));
    BOOST_TEST((ledger.find(id(1))->result == digest(10)));
}

BOOST_AUTO_TEST_CASE(an_acknowledged_task_is_not_work_again) {
    TaskLedger ledger;
    (void)ledger.admit(self, header(1), digest(1));
    BOOST_TEST(ledger.acknowledge(id(1)));
    BOOST_TEST(!ledger.acknowledge(id(1)));
    BOOST_TEST((ledger.admit(self, header(1), digest(1)) == Admission::finished));
    BOOST_TEST((ledger.stage(id(1)) == TaskStage::finished));
}

BOOST_AUTO_TEST_CASE(a_settled_task_expires_and_an_open_one_does_not) {
    TaskLedger ledger;
    TimePoint now{};
    (void)ledger.admit(self, header(1), digest(1));
    (void)ledger.admit(self, header(2), digest(2));
    ledger.done(now, id(1), digest(10), NodeId{2});
    BOOST_TEST((ledger.next_expiry(60s) == now + 60s));
    BOOST_TEST(ledger.expire(now + 59s, 60s).empty());
    BOOST_TEST(ledger.expire(now + 60s, 60s).size() == 1U);
    BOOST_TEST((ledger.stage(id(1)) == TaskStage::finished));
    BOOST_TEST((ledger.stage(id(2)) == TaskStage::held));
}

BOOST_AUTO_TEST_CASE(the_ledger_is_full_at_its_bound_and_says_so) {
    TaskLedger ledger;
    for (std::uint32_t n = 1; n <= limits::ledger_max; ++n)
        BOOST_REQUIRE((ledger.admit(self, header(n), digest(1)) == Admission::fresh));
    BOOST_TEST((ledger.admit(self, header(limits::ledger_max + 1), digest(1)) == Admission::full));
}

BOOST_AUTO_TEST_CASE(the_memory_of_finished_ids_is_bounded_and_the_oldest_leave_first) {
    TaskLedger ledger;
    for (std::uint32_t n = 1; n <= limits::ledger_finished_max + 1; ++n) ledger.acknowledge(id(n));
    BOOST_TEST(!ledger.finished(id(1)));
    BOOST_TEST(ledger.finished(id(2)));
    BOOST_TEST(ledger.finished(id(limits::ledger_finished_max + 1)));
}

BOOST_AUTO_TEST_CASE(a_summary_of_another_node_adds_what_it_knows) {
    TaskLedger ledger;
    (void)ledger.admit(self, header(1), digest(1));
    ledger.merge({}, NodeId{2}, {id(1), TaskStage::done, true, NodeId{}, digest(10)});
    const Task* task = ledger.find(id(1));
    BOOST_TEST(task->accepted);
    BOOST_TEST(task->holders.size() == 2U);
    BOOST_TEST((task->stage == TaskStage::done));
    ledger.merge({}, NodeId{2}, {id(9), TaskStage::held, false, {}, {}});
    BOOST_TEST(ledger.open().size() == 1U); // what is not held here is fetched first
}

BOOST_AUTO_TEST_CASE(the_tasks_of_a_lost_worker_are_open_again_and_its_results_are_gone) {
    TaskLedger ledger;
    for (std::uint32_t n : {1U, 2U, 3U}) (void)ledger.admit(self, header(n), digest(1));
    ledger.start(id(1), NodeId{2});
    ledger.start(id(2), NodeId{3});
    ledger.start(id(3), NodeId{2});
    ledger.done({}, id(3), digest(10), NodeId{2});
    BOOST_TEST((ledger.drop_worker(NodeId{2}) == std::vector{id(1)}));
    BOOST_TEST((ledger.stage(id(1)) == TaskStage::held));
    BOOST_TEST((ledger.stage(id(2)) == TaskStage::running));
    BOOST_TEST((ledger.stage(id(3)) == TaskStage::done));
    BOOST_TEST(!ledger.find(id(3))->worker);
}

BOOST_AUTO_TEST_CASE(a_settled_task_is_not_started_by_a_late_assignment) {
    TaskLedger ledger;
    (void)ledger.admit(self, header(1), digest(1));
    ledger.done({}, id(1), digest(10), NodeId{2});
    ledger.start(id(1), NodeId{3});
    BOOST_TEST((ledger.stage(id(1)) == TaskStage::done));
    BOOST_TEST((ledger.find(id(1))->worker == NodeId{2}));
}

BOOST_AUTO_TEST_CASE(who_works_on_what_is_learned_and_the_worker_itself_knows_best) {
    TaskLedger ledger;
    (void)ledger.admit(self, header(1), digest(1));
    const auto says = [&](std::uint32_t from, TaskStage stage, std::uint32_t worker) {
        ledger.merge_worker(NodeId{from}, {id(1), stage, false, NodeId{worker}, {}});
    };
    says(2, TaskStage::running, 3);
    BOOST_TEST((ledger.find(id(1))->worker == NodeId{3}));
    says(4, TaskStage::running, 2); // hearsay against hearsay
    BOOST_TEST((ledger.find(id(1))->worker == NodeId{3}));
    says(2, TaskStage::running, 2);
    BOOST_TEST((ledger.find(id(1))->worker == NodeId{2}));
    says(3, TaskStage::held, 0);
    BOOST_TEST((ledger.stage(id(1)) == TaskStage::running));
    says(2, TaskStage::held, 0); // it was never told
    BOOST_TEST((ledger.stage(id(1)) == TaskStage::held));
}

BOOST_AUTO_TEST_CASE(a_lost_node_holds_nothing) {
    TaskLedger ledger;
    (void)ledger.admit(self, header(1), digest(1));
    ledger.hold(id(1), NodeId{2});
    ledger.drop_holder(NodeId{2});
    BOOST_TEST(ledger.find(id(1))->holders.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
