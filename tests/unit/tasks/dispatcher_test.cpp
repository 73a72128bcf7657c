#include "tasks/dispatcher.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <vector>

using namespace cp;
using namespace cp::tasks;

namespace {

constexpr NodeId self{3};

Candidate candidate(std::uint32_t node, std::uint16_t load, std::size_t assigned = 0, bool fresh = true) {
    return {NodeId{node}, load, fresh, assigned};
}

} // namespace

BOOST_AUTO_TEST_SUITE(dispatcher)

BOOST_AUTO_TEST_CASE(the_leader_does_everything_unless_told_otherwise) {
    Dispatcher d{self, DispatchPolicy::leader};
    BOOST_TEST((d.next({}) == self));
    const std::vector others{candidate(1, 0), candidate(2, 0)};
    BOOST_TEST((d.next(others) == self));
}

BOOST_AUTO_TEST_CASE(round_robin_gives_each_a_turn_by_id_and_begins_again) {
    Dispatcher d{self, DispatchPolicy::round_robin};
    const std::vector all{candidate(3, 0), candidate(1, 9000),
                          candidate(2, 0)}; // neither order nor load counts
    for (std::uint32_t expected : {1U, 2U, 3U, 1U, 2U}) BOOST_TEST(d.next(all).value == expected);
}

BOOST_AUTO_TEST_CASE(round_robin_passes_over_who_is_not_fit) {
    Dispatcher d{self, DispatchPolicy::round_robin};
    const std::vector all{candidate(1, 0), candidate(2, 0), candidate(3, 0)};
    const std::vector without_two{candidate(1, 0), candidate(3, 0)};
    BOOST_TEST(d.next(all).value == 1U);
    BOOST_TEST(d.next(without_two).value == 3U);
    BOOST_TEST(d.next(all).value == 1U);
}

BOOST_AUTO_TEST_CASE(the_lowest_score_gets_it) {
    Dispatcher d{self, DispatchPolicy::least_loaded};
    const std::vector all{candidate(1, 700), candidate(2, 3500), candidate(3, 7800)};
    BOOST_TEST(d.next(all).value == 1U);
}

BOOST_AUTO_TEST_CASE(an_equal_score_goes_to_the_higher_id) {
    Dispatcher d{self, DispatchPolicy::least_loaded};
    const std::vector all{candidate(1, 700), candidate(2, 700)};
    BOOST_TEST(d.next(all).value == 2U);
}

BOOST_AUTO_TEST_CASE(a_burst_between_two_heartbeats_is_spread) {
    Dispatcher d{self, DispatchPolicy::least_loaded};
    std::map<std::uint32_t, std::size_t> given;
    for (int i = 0; i < 30; ++i) // node 1 is a little less loaded than the others
        ++given[d.next(std::vector{candidate(1, 100, given[1]), candidate(2, 200, given[2]),
                                   candidate(3, 200, given[3])})
                    .value];
    for (std::uint32_t node : {1U, 2U, 3U}) BOOST_TEST(given[node] == 10U);
}

BOOST_AUTO_TEST_CASE(who_told_no_load_lately_gets_it_only_when_nobody_else_did) {
    Dispatcher d{self, DispatchPolicy::least_loaded};
    const std::vector mixed{candidate(1, 0, 0, false), candidate(2, 9000)};
    BOOST_TEST(d.next(mixed).value == 2U);
    const std::vector stale{candidate(1, 0, 0, false)};
    BOOST_TEST(d.next(stale).value == 1U);
}

BOOST_AUTO_TEST_CASE(nobody_fit_is_nobody) {
    BOOST_TEST(!Dispatcher(self, DispatchPolicy::round_robin).next({}));
    BOOST_TEST(!Dispatcher(self, DispatchPolicy::least_loaded).next({}));
}

BOOST_AUTO_TEST_SUITE_END()
