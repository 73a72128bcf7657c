#include "checkers.hpp"

#include <utility>

namespace cp::sim {

void AnswerChecker::submitted(const TaskId& id, const Payload& expected) {
    tasks_[id].digest = wire::stated_digest(expected.view());
    ++open_;
}

void AnswerChecker::on_client_event(const client::ClientEvent& event) {
    if (const auto* failed = std::get_if<client::Failed>(&event); failed != nullptr) {
        if (!tasks_[failed->task].excused)
            violations_.add("task " + to_text(failed->task) + " failed: " + failed->reason);
    }
    const auto* answered = std::get_if<client::Answered>(&event);
    if (answered == nullptr) return;
    Expected& task = tasks_[answered->task];
    if (++task.answers > 1) violations_.add("task " + to_text(answered->task) + " answered twice");
    if (task.answers == 1 && !task.excused) --open_;
    if (answered->sends > 1) ++resent_;
    if (!wire::digest_matches(answered->object.view()) ||
        wire::stated_digest(answered->object.view()) != task.digest)
        violations_.add("task " + to_text(answered->task) + " answered with other bytes");
}

void AnswerChecker::excuse(const TaskId& id) {
    Expected& task = tasks_[id];
    if (!std::exchange(task.excused, true) && task.answers == 0) --open_;
}

void AnswerChecker::finally() {
    for (const auto& [id, task] : tasks_)
        if (task.answers == 0 && !task.excused) violations_.add("task " + to_text(id) + " never answered");
}

void BoundsChecker::on_step(HostId host) {
    const auto* node = world_.node(host);
    if (node == nullptr) return;
    if (node->budget().used() > node->budget().limit()) violations_.add("memory budget exceeded");
    if (node->ledger().open().size() > limits::ledger_max) violations_.add("ledger bound exceeded");
    if (node->members().members().size() > limits::members_max) violations_.add("member bound exceeded");
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
