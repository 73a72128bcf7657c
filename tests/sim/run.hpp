// One seeded run: a cluster, its clients, a workload and a schedule of faults, all drawn from the seed; then
// healing, and the checks. The same seed gives the same run, event by event.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cp::sim {

struct RunResult {
    std::vector<std::string> violations;
    std::uint64_t events = 0; // what happened, so that two runs of one seed can be compared
    std::size_t tasks = 0;
    std::size_t resent = 0;
    std::size_t orphaned = 0; // accepted tasks all of whose holders died
    std::size_t elections = 0;
    std::size_t false_elections = 0;
};

// `log` gets every event and fault as a line; may be empty.
RunResult run_seed(std::uint64_t seed, const std::function<void(const std::string&)>& log);

} // namespace cp::sim
