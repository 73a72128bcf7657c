#include "config/relations.hpp"

#include <array>

namespace cp::config {
namespace {

std::string text(std::chrono::milliseconds t) { return std::to_string(t.count()); }

std::optional<Violation> ports(const Config& config) {
    if (config.network.port < 65535) return std::nullopt;
    return Violation{"network.port",
                     "network.port 65535 leaves no port + 1 for bulk data: use at most 65534"};
}

std::optional<Violation> failure_timeout(const Config& config) {
    const auto& e = config.election;
    if (e.failure_timeout >= 3 * e.heartbeat_interval) return std::nullopt;
    return Violation{"election.failure_timeout_ms",
                     "election.failure_timeout_ms " + text(e.failure_timeout) +
                         " is below 3 x heartbeat_interval_ms " + text(e.heartbeat_interval) + ": make it " +
                         text(3 * e.heartbeat_interval) + " or more, or 0 for 5 heartbeats"};
}

std::optional<Violation> election_timeouts(const Config& config) {
    const auto& e = config.election;
    if (e.election_timeout_min <= e.election_timeout_max) return std::nullopt;
    return Violation{"election.election_timeout_min_ms",
                     "election.election_timeout_min_ms " + text(e.election_timeout_min) +
                         " is above election_timeout_max_ms " + text(e.election_timeout_max) +
                         ": raise the maximum or lower the minimum"};
}

std::optional<Violation> leader_term(const Config& config) {
    const auto& e = config.election;
    const auto shortest = e.failure_timeout + e.election_timeout_max;
    if (e.leader_term.count() == 0 || e.leader_term >= shortest) return std::nullopt;
    return Violation{"election.leader_term_ms", "election.leader_term_ms " + text(e.leader_term) +
                                                    " is shorter than failure_timeout_ms + "
                                                    "election_timeout_max_ms = " +
                                                    text(shortest) + ": raise it, or 0 for no terms"};
}

std::optional<Violation> quorum(const Config& config) {
    if (config.election.quorum != 1) return std::nullopt;
    return Violation{
        "election.quorum",
        "election.quorum 1 is the leader alone, which protects nothing: use 0 (off), or more than half "
        "of the members"};
}

std::optional<Violation> weights(const Config& config) {
    const auto& e = config.election;
    if (e.weight_cpu + e.weight_tasks + e.weight_memory > 0) return std::nullopt;
    return Violation{
        "election.weight_cpu",
        "election.weight_cpu, weight_tasks and weight_memory are all 0: give at least one a weight"};
}

std::optional<Violation> memory(const Config& config) {
    const std::uint64_t needed = 2 * config.imaging.max_bytes; // an upload and its result
    const std::uint64_t mib = (needed + (1U << 20U) - 1) >> 20U;
    if (mib <= config.tasks.memory_budget_mib) return std::nullopt;
    return Violation{"tasks.memory_budget_mib",
                     "tasks.memory_budget_mib " + std::to_string(config.tasks.memory_budget_mib) +
                         " does not hold an upload of imaging.max_bytes and its result: make it " +
                         std::to_string(mib) + " or more, or max_bytes " +
                         std::to_string(std::uint64_t{config.tasks.memory_budget_mib} << 19U) + " or less"};
}

std::optional<Violation> http(const Config& config) {
    if (config.http.cert.empty() != config.http.key.empty()) {
        return Violation{config.http.cert.empty() ? "http.key" : "http.cert",
                         "http.cert and http.key belong together: give both, or none for no TLS"};
    }
    if (config.http.max_image_side > config.imaging.max_side) {
        return Violation{"http.max_image_side", "http.max_image_side " +
                                                    std::to_string(config.http.max_image_side) +
                                                    " is above imaging.max_side " +
                                                    std::to_string(config.imaging.max_side) + ": lower it"};
    }
    return std::nullopt;
}

} // namespace

std::optional<Violation> find_violation(const Config& config) {
    for (const auto relation :
         {ports, failure_timeout, election_timeouts, leader_term, quorum, weights, memory, http}) {
        if (auto violation = relation(config)) return violation;
    }
    return std::nullopt;
}

} // namespace cp::config
