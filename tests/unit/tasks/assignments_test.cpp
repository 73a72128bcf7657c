#include "tasks/assignments.hpp"
#include "tasks/id_ring.hpp"
#include "tasks/jobs.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::tasks;
using namespace std::chrono_literals;

namespace {

const TaskId one{ClientId{7}, 1};
const TaskId two{ClientId{7}, 2};
constexpr NodeId worker{1};
constexpr NodeId other{2};
const Epoch epoch{3, NodeId{3}, 1};

} // namespace

BOOST_AUTO_TEST_SUITE(assignments)

BOOST_AUTO_TEST_CASE(an_assignment_that_nobody_acknowledges_is_repeated_three_times_and_then_somebody_elses) {
    Assignments a;
    TimePoint now{};
    a.assign(now, one, worker);
    BOOST_TEST(a.overdue(now + 19ms).empty());
    for (int i = 0; i < 3; ++i) {
        now += 20ms;
        BOOST_TEST((a.deadline() == now));
        const auto due = a.overdue(now);
        BOOST_REQUIRE(due.size() == 1U);
        BOOST_TEST(due[0].repeat);
        BOOST_TEST((due[0].worker == worker));
    }
    const auto due = a.overdue(now + 20ms);
    BOOST_REQUIRE(due.size() == 1U);
    BOOST_TEST(!due[0].repeat);
}

BOOST_AUTO_TEST_CASE(a_worker_that_reports_keeps_its_task_and_a_silent_one_loses_it) {
    Assignments a;
    TimePoint now{};
    a.assign(now, one, worker);
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(a.on_progress(now, one, worker));
        now += 50ms;
        BOOST_TEST(a.overdue(now).empty());
    }
    now += 199ms;
    BOOST_TEST(a.overdue(now).empty());
    const auto due = a.overdue(now + 1ms); // 250 ms after the last report
    BOOST_REQUIRE(due.size() == 1U);
    BOOST_TEST(!due[0].repeat);
}

BOOST_AUTO_TEST_CASE(only_its_own_worker_can_report_a_task) {
    Assignments a;
    a.assign({}, one, worker);
    a.assign({}, one, other); // reassigned
    BOOST_TEST(!a.on_progress({}, one, worker));
    BOOST_TEST(!a.on_progress({}, two, worker));
    BOOST_TEST(a.on_progress({}, one, other));
    BOOST_TEST((a.worker(one) == other));
}

BOOST_AUTO_TEST_CASE(a_task_taken_over_from_an_earlier_leader_has_a_quarter_second_to_be_reported) {
    Assignments a;
    a.adopt({}, one, worker);
    BOOST_TEST((a.deadline() == TimePoint{} + 250ms));
    BOOST_TEST(!a.overdue(TimePoint{} + 250ms).at(0).repeat);
}

BOOST_AUTO_TEST_CASE(our_own_work_is_never_overdue_and_counts) {
    Assignments a;
    a.assign_here(one, worker);
    BOOST_TEST((a.deadline() == never));
    BOOST_TEST(a.counts()[worker] == 1U);
}

BOOST_AUTO_TEST_CASE(a_task_that_is_done_makes_room_and_has_no_deadline) {
    Assignments a;
    a.assign({}, one, worker);
    a.assign({}, two, worker);
    BOOST_TEST(a.counts()[worker] == 2U);
    a.on_done({}, one, worker);
    BOOST_TEST(a.counts()[worker] == 1U);
    a.drop(two);
    BOOST_TEST(a.counts()[worker] == 0U);
    BOOST_TEST((a.deadline() == never));
}

BOOST_AUTO_TEST_CASE(the_late_result_of_a_replaced_worker_does_not_displace_the_first) {
    Assignments a;
    a.assign({}, one, worker);
    a.assign({}, one, other);
    a.on_done({}, one, worker); // late, and still the first
    a.on_done({}, one, other);
    BOOST_TEST((a.worker(one) == worker));
}

BOOST_AUTO_TEST_CASE(a_result_that_its_worker_is_sending_is_waited_for_and_one_that_it_is_not_is_given_up) {
    Assignments a;
    TimePoint now{};
    a.on_done(now, one, worker);
    for (int i = 0; i < 40; ++i) { // a large one on a slow network
        now += 250ms;
        a.on_done(now - 40ms, one, worker);
        BOOST_TEST(a.still_delivering(now, one));
    }
    for (int i = 1; i < Assignments::asked_in_vain_max; ++i)
        BOOST_TEST(a.still_delivering(now += 250ms, one));
    BOOST_TEST(!a.still_delivering(now + 250ms, one));
    BOOST_TEST(!a.still_delivering(now, two)); // nobody has it
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(jobs)

BOOST_AUTO_TEST_CASE(a_job_is_started_once) {
    Jobs jobs;
    BOOST_TEST(jobs.start(one, epoch));
    BOOST_TEST(!jobs.start(one, epoch));
    jobs.end(one);
    BOOST_TEST(jobs.start(one, epoch));
}

BOOST_AUTO_TEST_CASE(a_worker_reports_every_50_ms_and_to_a_new_leader_at_once) {
    Jobs jobs;
    TimePoint now{};
    jobs.start(one, epoch);
    BOOST_TEST((jobs.deadline() == never)); // our own: nobody waits for a report
    jobs.report(now, one, epoch);
    BOOST_TEST((jobs.deadline() == now + 50ms));
    BOOST_TEST(jobs.due(now += 50ms).size() == 1U);
    BOOST_TEST((jobs.deadline() == now + 50ms));
    jobs.report_all(now += 1ms, Epoch{4, NodeId{2}, 1});
    BOOST_TEST((jobs.deadline() == now));
    BOOST_TEST((jobs.all().at(one).epoch.counter == 4U));
}

BOOST_AUTO_TEST_CASE(many_jobs_are_reported_in_turns) {
    Jobs jobs;
    for (std::uint32_t n = 1; n <= Jobs::reports_at_once + 1; ++n) jobs.start({ClientId{7}, n}, epoch);
    jobs.report_all({}, epoch);
    BOOST_TEST(jobs.due({}).size() == Jobs::reports_at_once);
    BOOST_TEST(jobs.due({}).front().first.number == Jobs::reports_at_once + 1);
}

BOOST_AUTO_TEST_CASE(who_was_replaced_reports_no_more_and_goes_on) {
    Jobs jobs;
    jobs.start(one, epoch);
    jobs.report({}, one, epoch);
    jobs.report_no_more(one);
    BOOST_TEST(jobs.due({}).empty());
    BOOST_TEST((jobs.deadline() == never));
    BOOST_TEST(jobs.contains(one));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(id_ring)

BOOST_AUTO_TEST_CASE(the_oldest_leaves_first_and_an_erased_one_makes_room) {
    IdRing ring{2};
    ring.insert(one);
    ring.insert(two);
    ring.insert(one); // known: no news
    ring.insert({ClientId{7}, 3});
    BOOST_TEST(!ring.contains(one));
    BOOST_TEST(ring.contains(two));
    ring.erase({ClientId{7}, 3});
    ring.insert(one);
    BOOST_TEST(ring.contains(two));
}

BOOST_AUTO_TEST_SUITE_END()
