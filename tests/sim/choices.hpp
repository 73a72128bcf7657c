// What kind of cluster a run has: the options that its users may choose, drawn from the seed. The one place
// to add an option to when a core learns it.
#pragma once

#include "base/rng.hpp"
#include "node_core/node_core.hpp"

#include <cstddef>
#include <string>

namespace cp::sim {

struct Choices {
    enum class Profile : std::uint8_t { fast, quiet };
    Profile profile = Profile::fast;
    bool preempt = true;
    bool crash_link = true;
    bool by_load = false; // who leads
    tasks::DispatchPolicy dispatch = tasks::DispatchPolicy::leader;
    std::size_t quorum = 0; // 0: none
    Duration leader_term{}; // zero: no end
    std::uint64_t seed = 0; // of what the election draws
};

[[nodiscard]] Choices draw_choices(Rng&, std::size_t nodes);
void apply(const Choices&, node::NodeConfig&);
[[nodiscard]] std::string to_text(const Choices&);

} // namespace cp::sim
