#include "store/patience.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::store;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(patience)

BOOST_AUTO_TEST_CASE(pauses_grow_up_to_a_bound_and_differ) {
    const RetryPlan plan{.tries = 9, .first = 100ms, .longest = 1s, .whole = 60s};
    Rng rng{1};
    Duration most = 0ms;
    for (int i = 0; i < 200; ++i) {
        BOOST_TEST((backoff(plan, 1, 0s, rng) <= 100ms));
        BOOST_TEST((backoff(plan, 2, 0s, rng) <= 200ms));
        most = std::max(most, backoff(plan, 60, 0s, rng));
    }
    BOOST_TEST((most > 500ms && most <= 1s));
}

BOOST_AUTO_TEST_CASE(a_server_that_names_a_pause_gets_it_within_bounds) {
    const RetryPlan plan{};
    Rng rng{1};
    BOOST_TEST((backoff(plan, 1, 2s, rng) == 2s));
    BOOST_TEST((backoff(plan, 1, 1h, rng) == plan.longest));
}

BOOST_AUTO_TEST_CASE(after_failures_in_a_row_nobody_asks_for_a_while_then_one_looks) {
    CircuitBreaker breaker;
    TimePoint now{1h};
    for (int i = 0; i < CircuitBreaker::failures_max - 1; ++i) breaker.failed(now);
    BOOST_TEST(breaker.admit(now));
    breaker.failed(now);
    BOOST_TEST(!breaker.admit(now));
    BOOST_TEST((breaker.pause(now) == CircuitBreaker::first_pause));
    breaker.failed(now); // was on its way already
    now += CircuitBreaker::first_pause;
    BOOST_TEST(breaker.admit(now));
    BOOST_TEST(!breaker.admit(now)); // one is enough
    breaker.failed(now);
    BOOST_TEST((breaker.pause(now) == 2 * CircuitBreaker::first_pause));
    now += 2 * CircuitBreaker::first_pause;
    BOOST_TEST(breaker.admit(now));
    breaker.succeeded();
    BOOST_TEST(breaker.admit(now));
    BOOST_TEST(!breaker.open());
}

BOOST_AUTO_TEST_CASE(a_success_in_between_forgets_the_failures_and_pauses_have_a_bound) {
    CircuitBreaker breaker;
    TimePoint now{1h};
    for (int i = 0; i < CircuitBreaker::failures_max - 1; ++i) breaker.failed(now);
    breaker.succeeded();
    breaker.failed(now);
    BOOST_TEST(breaker.admit(now));
    for (int i = 0; i < CircuitBreaker::failures_max; ++i) breaker.failed(now);
    for (int i = 0; i < 20; ++i) {
        now += breaker.pause(now);
        BOOST_TEST(breaker.admit(now));
        breaker.failed(now);
    }
    BOOST_TEST((breaker.pause(now) == CircuitBreaker::longest_pause));
}

BOOST_AUTO_TEST_SUITE_END()
