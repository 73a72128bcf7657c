// A long quiet run: nodes, loss, and nothing else. What a detector does wrong once in a million heartbeats
// shows only here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cp::sim {

struct CalmOptions {
    std::uint64_t seed = 1;
    double hours = 1; // of the whole cluster
    std::size_t nodes = 5;
    double loss = 0.05;
    bool preempt = true;
};

struct CalmResult {
    std::vector<std::string> violations;
    std::uint64_t events = 0;
    std::size_t leader_changes = 0;  // at any node, after the first minute
    std::size_t false_elections = 0; // ever
};

CalmResult run_calm(const CalmOptions&);

} // namespace cp::sim
