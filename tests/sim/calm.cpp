#include "calm.hpp"

#include "leadership_checkers.hpp"

namespace cp::sim {

using namespace std::chrono_literals;

CalmResult run_calm(const CalmOptions& options) {
    WorldOptions world_options;
    world_options.seed = options.seed;
    world_options.network.loss = options.loss;
    world_options.clock_ppm = 100;
    world_options.crash_link = true;
    SimWorld world{world_options};
    Violations violations{world};
    ElectionChecker elections{world, violations};
    CalmResult result;
    bool settled = false;
    world.on_node_event = [&](HostId host, const node::NodeEvent& event) {
        elections.on_node_event(host, NodeId{static_cast<std::uint32_t>(host + 1)}, event);
        if (settled && std::holds_alternative<node::LeaderChanged>(event)) ++result.leader_changes;
    };
    world.on_step = [&](HostId) { ++result.events; };
    for (std::size_t i = 0; i < options.nodes; ++i) world.add_node(NodeId{static_cast<std::uint32_t>(i + 1)});
    world.run_for(1min);
    settled = true;
    world.run_for(
        std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::ratio<3600>>{options.hours}));
    result.violations = violations.list();
    result.false_elections = elections.false_elections();
    return result;
}

} // namespace cp::sim
