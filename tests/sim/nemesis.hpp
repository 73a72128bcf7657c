// The one who makes it go wrong: draws faults and does them to a world. Which kinds of fault a run has is
// drawn first (swarm testing: a run of few kinds goes deeper than one of all), then each fault by itself. The
// leader is the favourite victim.
#pragma once

#include "sim_world.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <vector>

namespace cp::sim {

class Nemesis {
public:
    using Say = std::function<void(const std::string&)>;
    // `world` and `rng` must outlive it.
    Nemesis(SimWorld& world, Rng& rng, Say say);

    void strike(); // one fault, or the end of one
    void end();    // all heals, and everybody is back

    // Since when nobody was stalled, stepped, cut off, clogged or slow; `never` when somebody is.
    [[nodiscard]] TimePoint calm_since() const { return broken_ ? never : noise_until_; }
    [[nodiscard]] double loss() const { return world_.network().options().loss; }

    std::vector<HostId> nodes; // whom it may crash; partitions and the like concern every host

private:
    enum Kind : std::size_t {
        crash,
        leave,
        restart,
        partition,
        cut_one_way,
        isolate,
        clog,
        slow,
        stall,
        step_clock,
        doubt,
        heal,
        kinds
    };

    void do_fault(Kind);
    void fell(HostId);
    void revive(HostId);
    void split();
    void noise(Duration lasts) { noise_until_ = std::max(noise_until_, world_.now() + lasts); }
    [[nodiscard]] HostId victim();
    [[nodiscard]] HostId any_host() { return rng_.below(world_.hosts()); }
    [[nodiscard]] std::size_t alive() const;
    [[nodiscard]] std::string name(HostId) const;

    SimWorld& world_;
    Rng& rng_;
    Say say_;
    std::array<double, kinds> weights_{};
    bool broken_ = false; // until the next heal
    TimePoint noise_until_{};
};

} // namespace cp::sim
