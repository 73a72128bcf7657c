#include "http/metrics.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace cp;
using namespace cp::http;
using namespace std::chrono_literals;

namespace {

// The line of a metric, labels and all, ends with that value.
bool says(const Metrics& metrics, const std::string& name, const std::string& value) {
    return ('\n' + metrics.text()).find('\n' + name + ' ' + value + '\n') != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_AUTO_TEST_CASE(a_view_of_the_cluster_is_what_it_says_now) {
    Metrics numbers;
    ClusterView view;
    view.leads = true;
    view.epoch_counter = 7;
    view.members.resize(3);
    view.members[2].state = wire::MemberState::gone;
    view.tasks["running"] = 4;
    numbers.view(view);
    BOOST_TEST(says(numbers, "cloudp2p_is_leader", "1"));
    BOOST_TEST(says(numbers, "cloudp2p_epoch", "7"));
    BOOST_TEST(says(numbers, "cloudp2p_members", "2"));
    BOOST_TEST(says(numbers, "cloudp2p_tasks{state=\"running\"}", "4"));
    view.leads = false;
    view.tasks["running"] = 0;
    numbers.view(view);
    BOOST_TEST(says(numbers, "cloudp2p_is_leader", "0"));
    BOOST_TEST(says(numbers, "cloudp2p_tasks{state=\"running\"}", "0"));
}

BOOST_AUTO_TEST_CASE(what_the_kernel_dropped_is_counted_once) {
    Metrics numbers;
    ClusterView view;
    for (const std::uint64_t dropped : {5U, 5U, 9U}) {
        view.dropped = dropped;
        numbers.view(view);
    }
    BOOST_TEST(says(numbers, "cloudp2p_datagrams_dropped_total", "9"));
}

BOOST_AUTO_TEST_CASE(requests_are_counted_by_route_and_status_and_elections_by_reason) {
    Metrics numbers;
    for (int i = 0; i < 2; ++i) numbers.request("/users", 200, 3ms);
    numbers.request("/users", 403, 1ms);
    numbers.election("leader_lost");
    numbers.bytes(10, 20);
    BOOST_TEST(says(numbers, "cloudp2p_http_request_seconds_count{code=\"200\",route=\"/users\"}", "2"));
    BOOST_TEST(says(numbers, "cloudp2p_http_request_seconds_count{code=\"403\",route=\"/users\"}", "1"));
    BOOST_TEST(says(numbers, "cloudp2p_elections_total{reason=\"leader_lost\"}", "1"));
    BOOST_TEST(says(numbers, "cloudp2p_bytes_total{direction=\"sent\"}", "20"));
}

BOOST_AUTO_TEST_SUITE_END()
