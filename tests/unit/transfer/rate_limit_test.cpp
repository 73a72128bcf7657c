// What somebody allows bulk to take: of the time, not of the cable.
#include "transfer/rate_limit.hpp"
#include "unit/transfer/scripted_sender.hpp"

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;

namespace {

constexpr std::uint64_t rate = 1'000'000; // bytes a second

} // namespace

BOOST_AUTO_TEST_SUITE(rate_limit)

BOOST_AUTO_TEST_CASE(without_a_limit_everything_may_leave_at_any_time) {
    RateLimit limit;
    limit.spend(TimePoint{1s}, std::uint64_t{1} << 40U);
    BOOST_TEST(limit.allowance(TimePoint{1s}) == std::numeric_limits<std::uint64_t>::max());
}

BOOST_AUTO_TEST_CASE(over_any_stretch_no_more_leaves_than_the_rate_and_one_burst) {
    RateLimit limit{rate};
    Rng rng{7};
    std::uint64_t sent = 0;
    const TimePoint begin{1s};
    for (TimePoint now = begin; now < begin + 2s; now += std::chrono::microseconds{rng.next() % 900}) {
        const std::uint64_t bytes = std::min<std::uint64_t>(limit.allowance(now), 1500);
        limit.spend(now, bytes);
        sent += bytes;
        BOOST_TEST_REQUIRE(sent <= (now - begin) / 1us * rate / 1'000'000 + 5000);
    }
    BOOST_TEST(sent > 2 * rate * 99 / 100); // and no less
}

BOOST_AUTO_TEST_CASE(a_pause_saves_up_nothing_beyond_one_burst) {
    RateLimit limit{rate};
    limit.spend(TimePoint{1s}, 4000);
    BOOST_TEST(limit.allowance(TimePoint{1s}) == 0U);
    BOOST_TEST(limit.allowance(TimePoint{100s}) == 4000U);
}

BOOST_AUTO_TEST_CASE(what_was_too_much_is_waited_for) {
    RateLimit limit{rate};
    const TimePoint now{1s};
    limit.spend(now, 10'000);
    const TimePoint then = limit.when(1000);
    BOOST_TEST((then == now + 7ms)); // 10 ms of debt, 1 for the next, less the burst of 4
    BOOST_TEST(limit.allowance(then - 2ms) == 0U);
    BOOST_TEST(limit.allowance(then) == 1000U);
}

// From the slowest that can be asked for, where one datagram is more than a burst.
BOOST_AUTO_TEST_CASE(a_sender_keeps_to_the_limit_and_names_the_time_of_its_next_pull) {
    for (const std::uint64_t per_second : {125000UL, 1000000UL, 12500000UL}) {
        MemoryBudget budget{10'000'000};
        const TimePoint begin{1s};
        Transfers transfers{
            {.self = NodeId{1}, .receive_capacity = 425'984, .max_rate = per_second}, budget, begin};
        SendSpec spec;
        spec.object = object_number(1);
        spec.bytes = random_payload(60 * ethernet_segment);
        spec.segment_bytes = ethernet_segment;
        spec.receivers = {{NodeId{2}, session_number(0)}};
        wire::Outbox out;
        wire::Report report; // it is there
        report.transfer = transfers.send(begin, spec, out);
        report.window = 100;
        transfers.on_report(begin, session_number(0), report, out);
        std::size_t pulled = 0;
        TimePoint now = begin;
        for (;;) {
            pulled += transfers.pull(now, 1000, out);
            out.clear();
            if (pulled == 60) break;
            BOOST_TEST_REQUIRE((transfers.deadline() > now)); // nobody spins
            now = transfers.deadline();
            transfers.on_deadline(now, out);
        }
        const auto expected = static_cast<std::int64_t>(90000000000UL / per_second); // us
        BOOST_TEST((now - begin) / 1us <= expected);
        BOOST_TEST((now - begin) / 1us >=
                   expected - 4000 - 3000000000 / static_cast<std::int64_t>(per_second));
    }
}

BOOST_AUTO_TEST_SUITE_END()
