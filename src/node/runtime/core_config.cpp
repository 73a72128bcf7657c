#include "node_app/core_config.hpp"

namespace cp::node {
namespace {

membership::DetectorConfig detector_config(const ElectionSection& from) {
    membership::DetectorConfig detector;
    detector.heartbeat_interval = from.heartbeat_interval;
    detector.failure_timeout = from.failure_timeout;
    return detector;
}

election::ElectionConfig election_config(const ElectionSection& from) {
    election::ElectionConfig election;
    election.policy = from.policy == ElectionPolicy::load ? election::Policy::load : election::Policy::id;
    election.preempt = from.preempt;
    election.answer_timeout = from.failure_timeout;
    election.stall_listen = 2 * from.heartbeat_interval;
    election.leader_term = from.leader_term;
    election.election_timeout_min = from.election_timeout_min;
    election.election_timeout_max = from.election_timeout_max;
    return election;
}

tasks::DispatchPolicy dispatch_policy(DispatchPolicy policy) {
    switch (policy) {
    case DispatchPolicy::leader: return tasks::DispatchPolicy::leader;
    case DispatchPolicy::round_robin: return tasks::DispatchPolicy::round_robin;
    case DispatchPolicy::least_loaded: return tasks::DispatchPolicy::least_loaded;
    }
    return tasks::DispatchPolicy::leader;
}

} // namespace

NodeConfig core_config(const Config& from) {
    NodeConfig core;
    core.memory_budget = std::size_t{from.tasks.memory_budget_mib} << 20U;
    core.image_max = from.imaging.max_bytes;
    core.detector = detector_config(from.election);
    core.election = election_config(from.election);
    core.quorum = from.election.quorum;
    core.result_ttl = from.tasks.result_ttl;
    core.dispatch = dispatch_policy(from.dispatch.policy);
    return core;
}

} // namespace cp::node
