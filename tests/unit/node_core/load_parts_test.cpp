#include "node_core/node_core.hpp"

#include <boost/test/unit_test.hpp>

#include <variant>

using namespace cp;
using namespace std::chrono_literals;

namespace {

struct Alone {
    Alone() : core{config(), now} { core.start(now, out); }

    static node::NodeConfig config() {
        node::NodeConfig out;
        out.id = NodeId{7};
        return out;
    }

    // What is told of the load within that time, and how often a beat went out.
    std::vector<wire::LoadParts> told_within(Duration time, std::size_t& beats) {
        std::vector<wire::LoadParts> told;
        for (const TimePoint end = now + time; core.deadline() <= end;) {
            now = std::max(now, core.deadline());
            out.clear();
            core.on_deadline(now, out);
            for (const auto& item : out.items()) {
                if (std::holds_alternative<wire::Heartbeat>(item.message)) ++beats;
                if (const auto* parts = std::get_if<wire::LoadParts>(&item.message)) told.push_back(*parts);
            }
        }
        return told;
    }

    TimePoint now{1h};
    node::NodeCore core;
    wire::Outbox out;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(load_parts, Alone)

BOOST_AUTO_TEST_CASE(what_was_never_measured_is_never_told) {
    std::size_t beats = 0;
    BOOST_TEST(told_within(3s, beats).empty());
    BOOST_TEST(beats > 20U);
}

BOOST_AUTO_TEST_CASE(a_leader_beats_fifty_times_a_second_and_tells_this_once) {
    core.set_load_parts(42, 61);
    std::size_t beats = 0;
    const auto told = told_within(10s, beats);
    BOOST_TEST(beats > 300U);
    BOOST_TEST(told.size() >= 9U);
    BOOST_TEST(told.size() <= 11U);
    BOOST_TEST((told.front().node == NodeId{7}));
    BOOST_TEST(told.front().cpu_percent == 42);
    BOOST_TEST(told.front().memory_percent == 61);
}

BOOST_AUTO_TEST_SUITE_END()
