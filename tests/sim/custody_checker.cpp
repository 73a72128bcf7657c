#include "custody_checker.hpp"

namespace cp::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto noticed_after = 3s;   // that a holder died
constexpr auto silence_excused = 2s; // of a node that was accepted without

} // namespace

void CustodyChecker::on_node_event(HostId host, const node::NodeEvent& event) {
    if (const auto* accepted = std::get_if<node::TaskAccepted>(&event))
        on_accepted(host, *accepted);
    else if (const auto* over = std::get_if<node::TaskAcknowledged>(&event))
        acknowledged_.insert({world_.life(host), over->task});
    else if (const auto* run = std::get_if<node::RunTask>(&event))
        if (acknowledged_.contains({world_.life(host), run->task}))
            violations_.add("task " + to_text(run->task) + " was acknowledged, and a node works again on it");
}

void CustodyChecker::on_accepted(HostId host, const node::TaskAccepted& accepted) {
    if (accepted.replicas < 2) {
        if (!is_alone(host) && world_.network().options().loss <= 0.05)
            violations_.add("task " + to_text(accepted.task) + " accepted with one holder, among others");
        return;
    }
    std::size_t known = holders(accepted.task, world_.hosts());
    for (const auto& [dead, when] : died_holding_[accepted.task])
        if (!holds(dead, accepted.task) && world_.now() - when < noticed_after) ++known;
    if (known < 2)
        violations_.add("task " + to_text(accepted.task) + " accepted with " +
                        std::to_string(accepted.replicas) + " holders, but " + std::to_string(known) +
                        " hold it");
}

void CustodyChecker::on_client_event(HostId host, const client::ClientEvent& event) {
    if (const auto* accepted = std::get_if<client::Accepted>(&event)) {
        const auto& open = world_.client(host)->open_tasks();
        const auto task = open.find(accepted->task);
        accepted_[accepted->task] = {world_.now(), task != open.end() ? task->second.sends : 0,
                                     holders(accepted->task, world_.hosts()) == 0};
    } else if (const auto* answered = std::get_if<client::Answered>(&event)) {
        const auto found = accepted_.extract(answered->task);
        if (!found.empty() && answered->sends > found.mapped().sends && kept(found.mapped()))
            violations_.add("task " + to_text(answered->task) + " sent again while it was held");
    } else if (const auto* failed = std::get_if<client::Failed>(&event)) {
        const auto found = accepted_.extract(failed->task);
        if (found.empty() || failed->code != errc::lost) return;
        if (found.mapped().orphaned) return answers_.excuse(failed->task);
        violations_.add("task " + to_text(failed->task) + " was accepted, and lost while it was held");
    }
}

void CustodyChecker::on_death(HostId host) {
    const auto* node = world_.node(host);
    if (node == nullptr) return;
    for (const auto& [id, task] : node->ledger().open()) died_holding_[id][host] = world_.now();
    for (auto& [id, accepted] : accepted_) {
        if (accepted.orphaned || !holds(host, id) || holders(id, host) > 0) continue;
        accepted.orphaned = true;
        ++orphaned_;
    }
}

bool CustodyChecker::holds(HostId host, const TaskId& id) {
    const auto* node = world_.node(host);
    return node != nullptr && (node->ledger().find(id) != nullptr || node->ledger().finished(id));
}

std::size_t CustodyChecker::holders(const TaskId& id, HostId except) {
    std::size_t count = 0;
    for (HostId host = 0; host < world_.hosts(); ++host)
        if (host != except && holds(host, id)) ++count;
    return count;
}

bool CustodyChecker::is_alone(HostId host) {
    for (HostId other = 0; other < world_.hosts(); ++other)
        if (other != host && world_.node(other) != nullptr && world_.in_touch(host, other, silence_excused))
            return false;
    return true;
}

bool CustodyChecker::kept(const Accepted& accepted) const {
    return !accepted.orphaned && nemesis_.calm_since() <= accepted.at && nemesis_.loss() <= 0.01;
}

} // namespace cp::sim
