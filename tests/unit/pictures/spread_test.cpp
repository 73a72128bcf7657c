#include "pictures/spread.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <new>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace cp::pictures;

BOOST_AUTO_TEST_SUITE(spread)

BOOST_AUTO_TEST_CASE(every_job_runs_once_on_threads_of_its_own) {
    for (std::size_t count : {0U, 1U, 2U, 1000U}) {
        std::vector<std::atomic<int>> runs(count);
        spread_over_cores()(count, [&](std::size_t i) { ++runs[i]; });
        for (const auto& n : runs) BOOST_TEST(n == 1);
    }
}

BOOST_AUTO_TEST_CASE(helpers_that_never_come_are_not_waited_for) {
    std::vector<std::function<void()>> never;
    std::size_t sum = 0;
    spread_by([&](std::function<void()> help) { never.push_back(std::move(help)); },
              3)(10, [&](std::size_t i) { sum += i; });
    BOOST_TEST(sum == 45U);
    BOOST_TEST(never.size() == 3U);
    for (const auto& late : never) late(); // too late: there is nothing left to do, and no job any more
    BOOST_TEST(sum == 45U);
}

BOOST_AUTO_TEST_CASE(a_helper_that_works_is_waited_for) {
    std::jthread helper;
    std::atomic<bool> helper_in_job = false;
    std::atomic<int> done = 0;
    const auto caller = std::this_thread::get_id();
    spread_by([&](std::function<void()> help) { helper = std::jthread{std::move(help)}; },
              1)(2, [&](std::size_t) {
        if (std::this_thread::get_id() == caller)
            helper_in_job.wait(false); // so that one job is left for the helper
        helper_in_job = true;
        helper_in_job.notify_all();
        ++done;
    });
    BOOST_TEST(done == 2);
}

BOOST_AUTO_TEST_CASE(an_exception_of_the_caller_waits_until_no_helper_knows_the_job) {
    std::vector<std::function<void()>> posted;
    int runs = 0;
    {
        const std::vector<int> data(8, 1); // gone with this scope, as what a job captures is
        const std::function<void(std::size_t)> job = [&](std::size_t i) {
            runs += data[i];
            throw std::bad_alloc{};
        };
        const auto spread =
            spread_by([&](std::function<void()> help) { posted.push_back(std::move(help)); }, 1);
        BOOST_CHECK_THROW(spread(4, job), std::bad_alloc);
    }
    for (const auto& late : posted) late();
    BOOST_TEST(runs == 1);
}

BOOST_AUTO_TEST_CASE(an_exception_of_a_helper_reaches_the_caller) {
    std::jthread helper;
    std::atomic<bool> thrown = false;
    std::atomic<int> runs = 0;
    const auto caller = std::this_thread::get_id();
    const auto spread =
        spread_by([&](std::function<void()> help) { helper = std::jthread{std::move(help)}; }, 1);
    const auto job = [&](std::size_t) {
        ++runs;
        if (std::this_thread::get_id() == caller) return thrown.wait(false);
        thrown = true;
        thrown.notify_all();
        throw std::length_error{"of a helper"};
    };
    BOOST_CHECK_THROW(spread(100'000'000, job), std::length_error);
    BOOST_TEST(runs < 100'000'000); // what had not begun is left out
}

BOOST_AUTO_TEST_CASE(without_a_thread_the_caller_works_alone) {
    std::size_t sum = 0;
    const auto spread = spread_by([](const std::function<void()>&) { throw std::bad_alloc{}; }, 3);
    spread(10, [&](std::size_t i) { sum += i; });
    BOOST_TEST(sum == 45U);
}

BOOST_AUTO_TEST_SUITE_END()
