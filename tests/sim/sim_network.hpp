// A virtual network: who hears whom, when, how often. Options are data; all chance comes from one seeded
// generator, so a run is repeated exactly by its seed. Carries sealed bytes, not structs: every hop goes
// through the shipped codec and seal.
#pragma once

#include "base/rng.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <vector>

namespace cp::sim {

using HostId = std::size_t;

struct NetworkOptions {
    double loss = 0;
    double duplicate = 0;
    Duration delay_min = std::chrono::microseconds{100};
    Duration delay_max =
        std::chrono::microseconds{300}; // a spread larger than the gap between sends reorders
};

class SimNetwork {
public:
    SimNetwork(const NetworkOptions& options, Rng& rng) : options_{options}, rng_{rng} {}

    // The delays of the copies of one datagram that arrive: none when it is lost or cut off, two when
    // duplicated.
    [[nodiscard]] std::vector<Duration> deliveries(HostId from, HostId to) {
        if (cut_.contains({from, to})) return {};
        std::vector<Duration> copies;
        const int count = rng_.chance(options_.duplicate) ? 2 : 1;
        for (int i = 0; i < count; ++i)
            if (!rng_.chance(options_.loss))
                copies.push_back(rng_.between(options_.delay_min, options_.delay_max));
        return copies;
    }

    void cut(HostId from, HostId to) { cut_.insert({from, to}); } // one direction
    // Hosts in different groups do not hear one another.
    void partition(const std::map<HostId, int>& group_of) {
        for (const auto& [a, group_a] : group_of)
            for (const auto& [b, group_b] : group_of)
                if (group_a != group_b) cut(a, b);
    }
    void heal() { cut_.clear(); }
    NetworkOptions& options() { return options_; }

private:
    NetworkOptions options_;
    Rng& rng_;
    std::set<std::pair<HostId, HostId>> cut_;
};

} // namespace cp::sim
