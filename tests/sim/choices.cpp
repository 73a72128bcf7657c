#include "choices.hpp"

namespace cp::sim {
namespace {

using namespace std::chrono_literals;

} // namespace

Choices draw_choices(Rng& rng, std::size_t nodes) {
    Choices choices;
    if (rng.chance(0.2)) choices.profile = Choices::Profile::quiet;
    choices.preempt = !rng.chance(0.2);
    choices.crash_link = rng.chance(0.7);
    choices.by_load = rng.chance(0.25);
    choices.dispatch = static_cast<tasks::DispatchPolicy>(rng.below(3));
    if (rng.chance(0.25)) choices.quorum = nodes / 2 + 1;
    if (rng.chance(0.1)) choices.leader_term = 2s;
    choices.seed = rng.next();
    return choices;
}

void apply(const Choices& choices, node::NodeConfig& config) {
    if (choices.profile == Choices::Profile::quiet) {
        config.detector.heartbeat_interval = 50ms;
        config.detector.failure_timeout = 250ms;
    }
    config.election.preempt = choices.preempt;
    config.election.policy = choices.by_load ? election::Policy::load : election::Policy::id;
    config.election.leader_term = choices.leader_term;
    config.election.seed = choices.seed;
    config.dispatch = choices.dispatch;
    config.quorum = choices.quorum;
}

std::string to_text(const Choices& choices) {
    std::string text = choices.profile == Choices::Profile::fast ? "profile=fast" : "profile=quiet";
    text += choices.preempt ? " preempt=yes" : " preempt=no";
    text += choices.crash_link ? " crash_link=yes" : " crash_link=no";
    text += choices.by_load ? " election=load" : " election=id";
    text += " dispatch=" + std::to_string(static_cast<int>(choices.dispatch));
    text += " quorum=" + std::to_string(choices.quorum);
    return text + " leader_term_ms=" + std::to_string(to_ms(choices.leader_term));
}

} // namespace cp::sim
