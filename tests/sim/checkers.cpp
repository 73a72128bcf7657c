#include "checkers.hpp"

namespace cp::sim {

void EpochChecker::on_node_event(NodeId self, std::uint64_t life, const node::NodeEvent& event) {
    const auto* changed = std::get_if<node::LeaderChanged>(&event);
    if (changed == nullptr || !changed->leader) return;
    const auto [at, fresh] = leaders_.emplace(changed->epoch, changed->leader);
    if (!fresh && at->second != changed->leader)
        violations_.add("two leaders in epoch " + to_text(changed->epoch) + ": " + to_text(at->second) +
                        " and " + to_text(changed->leader));
    Epoch& highest = adopted_[{self, life}];
    if (changed->epoch < highest)
        violations_.add("node " + to_text(self) + " went back from epoch " + to_text(highest) + " to " +
                        to_text(changed->epoch));
    highest = changed->epoch;
}

void AnswerChecker::submitted(const TaskId& id, const Payload& expected) {
    expected_[id] = wire::stated_digest(expected.view());
}

void AnswerChecker::on_client_event(const client::ClientEvent& event) {
    if (const auto* failed = std::get_if<client::Failed>(&event))
        violations_.add("task " + to_text(failed->task) + " failed: " + failed->reason);
    const auto* answered = std::get_if<client::Answered>(&event);
    if (answered == nullptr) return;
    if (++answered_[answered->task] > 1)
        violations_.add("task " + to_text(answered->task) + " answered twice");
    if (answered->sends > 1) ++resent_;
    if (!wire::digest_matches(answered->object.view()) ||
        wire::stated_digest(answered->object.view()) != expected_[answered->task])
        violations_.add("task " + to_text(answered->task) + " answered with other bytes");
}

void AnswerChecker::finally() {
    for (const auto& [id, digest] : expected_)
        if (!answered_.contains(id)) violations_.add("task " + to_text(id) + " never answered");
}

void BoundsChecker::on_step() {
    for (HostId host = 0; host < world_.hosts(); ++host) {
        const auto* node = world_.node(host);
        if (node == nullptr) continue;
        if (node->budget().used() > node->budget().limit()) violations_.add("memory budget exceeded");
        if (node->ledger().open().size() > limits::ledger_max) violations_.add("ledger bound exceeded");
        if (node->members().members().size() > limits::members_max) violations_.add("member bound exceeded");
    }
}

void check_quiet(SimWorld& world, Violations& violations) {
    const auto leader = world.common_leader();
    if (!leader) violations.add("no common leader");
    for (HostId host = 0; host < world.hosts(); ++host) {
        if (const auto* client = world.client(host))
            for (const auto& [id, task] : client->open_tasks())
                violations.add("client " + std::to_string(host) + " waits for " + to_text(id) + ", state " +
                               std::to_string(static_cast<int>(task.state)) + ", " +
                               std::to_string(task.sends) + " sends, " + std::to_string(task.silent_rounds) +
                               " silent rounds");
        const auto* node = world.node(host);
        if (node == nullptr) continue;
        for (const auto& [id, task] : node->ledger().open())
            violations.add("host " + std::to_string(host) + " keeps task " + to_text(id) + " open, stage " +
                           std::to_string(static_cast<int>(task.stage)) + ", " +
                           std::to_string(task.holders.size()) + " holders");
        if (node->ledger().open().empty() && node->budget().used() != 0)
            violations.add("host " + std::to_string(host) + " holds " +
                           std::to_string(node->budget().used()) + " bytes with no task open");
    }
}

} // namespace cp::sim
