#include "tasks/dispatcher.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

namespace cp::tasks {
namespace {

// 0.3 · 100 / 10 points: what one more task adds to a score; ten count as full.
constexpr std::size_t score_of_a_task = 300;
constexpr std::size_t tasks_that_count = 10;

NodeId least_loaded(std::span<const Candidate> candidates) {
    const auto burden = [](const Candidate& c) {
        const std::size_t score = c.load + score_of_a_task * std::min(c.assigned, tasks_that_count);
        return std::tuple{!c.fresh, score, c.assigned, ~c.node.value};
    };
    const auto best = std::ranges::min_element(candidates, std::less{}, burden);
    return best == candidates.end() ? NodeId{} : best->node;
}

} // namespace

NodeId Dispatcher::next(std::span<const Candidate> candidates) {
    switch (policy_) {
    case DispatchPolicy::leader: return self_;
    case DispatchPolicy::round_robin: return next_in_turn(candidates);
    case DispatchPolicy::least_loaded: return least_loaded(candidates);
    }
    return self_;
}

NodeId Dispatcher::next_in_turn(std::span<const Candidate> candidates) {
    NodeId lowest, above;
    for (const Candidate& c : candidates) {
        if (!lowest || c.node < lowest) lowest = c.node;
        if (c.node > last_ && (!above || c.node < above)) above = c.node;
    }
    const NodeId chosen = above ? above : lowest;
    if (chosen) last_ = chosen;
    return chosen;
}

} // namespace cp::tasks
