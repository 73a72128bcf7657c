#include "node_app/node_log.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace cp::node {
namespace {

using log::Level;
using namespace std::chrono_literals;

// What the nodes of another cluster say when they are not sending objects, and a good deal more.
constexpr std::uint64_t chatter_per_second = 100;

std::string node_text(NodeId id) { return "Node " + to_text(id); }

// What every running cluster refuses now and then, and no operator wants to read about.
bool is_ordinary(errc reason) {
    return reason == errc::own_echo || reason == errc::unproven || reason == errc::replayed;
}

} // namespace

void NodeLog::event(const NodeEvent& event) {
    std::visit([this](const auto& e) { on(e); }, event);
}

void NodeLog::on(const MemberJoined& e) {
    log::log_event(Level::info, "member_joined", node_text(e.node) + " joined", {{"member", e.node}});
}

void NodeLog::on(const MemberSuspected& e) {
    log::log_event(Level::debug, "member_suspected", node_text(e.node) + " is silent", {{"member", e.node}});
}

void NodeLog::on(const MemberLost& e) {
    log::log_event(e.left ? Level::info : Level::warn, "member_lost",
                   node_text(e.node) + (e.left ? " left" : " is lost"),
                   {{"member", e.node}, {"left", e.left}});
}

void NodeLog::on(const ElectionStarted& e) {
    log::log_event(Level::warn, "election_started",
                   node_text(self_) + ": Leader " + to_text(e.lost) + " is DOWN! Starting new election...",
                   {{"lost", e.lost}});
}

void NodeLog::on(const LeaderChanged& e) {
    const std::string sentence = e.leader == self_ ? node_text(self_) + ": I am the new leader!"
                                 : e.leader ? node_text(self_) + ": Leader is node " + to_text(e.leader)
                                            : node_text(self_) + ": no leader";
    const auto leader = e.leader ? std::optional<NodeId>{e.leader} : std::nullopt;
    log::log_event(Level::info, "leader_changed", sentence,
                   {{"leader", leader}, {"epoch", e.epoch}, {"reason", e.reason}});
}

void NodeLog::on(const Serving& e) {
    log::log_event(Level::info, "serving", node_text(self_) + ": I am the LEADER, initializing load balancer",
                   {{"epoch", e.epoch}});
}

void NodeLog::on(const HandedOver& e) {
    log::log_event(Level::info, "hand_over", node_text(self_) + ": handing over to node " + to_text(e.to),
                   {{"to", e.to}});
}

void NodeLog::on(const Stalled& e) {
    log::log_event(Level::warn, "stalled",
                   node_text(self_) + ": was away for " + std::to_string(to_ms(e.away)) + " ms",
                   {{"millis", to_ms(e.away)}});
}

void NodeLog::on(const DuplicateId& e) {
    if (e.we_go)
        log::log_event(Level::error, "duplicate_id",
                       "another node " + to_text(e.node) +
                           " is running already: give this one another id, or stop the other",
                       {{"member", e.node}});
    else
        log::log_event(Level::warn, "duplicate_id",
                       "a second node " + to_text(e.node) + " was started; it has to go",
                       {{"member", e.node}});
}

void NodeLog::on(const RunTask& e) {
    log::log_event(Level::info, "task_assigned", "", {{"task", to_text(e.user, e.task)}, {"to", self_}});
}

void NodeLog::on(const TaskAssigned& e) {
    log::log_event(Level::info, "task_assigned", "", {{"task", to_text(e.user, e.task)}, {"to", e.to}});
}

void NodeLog::on(const TaskReassigned& e) {
    log::log_event(Level::warn, "task_reassigned", "",
                   {{"task", to_text(e.user, e.task)}, {"from", e.from}, {"to", e.to}, {"reason", e.reason}});
}

void NodeLog::on(const TaskAccepted& e) {
    log::log_event(Level::info, "task_accepted", "",
                   {{"task", to_text(e.user, e.task)}, {"replicas", e.replicas}});
}

void NodeLog::on(const TaskDone& e) {
    log::log_event(Level::info, "task_done", "", {{"task", to_text(e.user, e.task)}});
}

void NodeLog::on(const TaskAcknowledged& e) {
    log::log_event(Level::debug, "task_acknowledged", "", {{"task", to_text(e.user, e.task)}});
}

void NodeLog::on(const TaskFailed& e) {
    log::log_event(Level::error, "task_failed", e.reason,
                   {{"task", to_text(e.user, e.task)}, {"reason", e.reason}});
}

void NodeLog::refused(TimePoint now, const std::map<errc, std::uint64_t>& counts) {
    for (const auto& [reason, count] : counts) {
        if (is_ordinary(reason)) continue;
        Told& told = told_[reason];
        const std::uint64_t more = count - told.count;
        if (more == 0 || now - told.at < told.pause) continue;
        // Neighbours stay; saying so once is enough. A flood is told for as long as it lasts.
        const bool flood = more > chatter_per_second * static_cast<std::uint64_t>(told.pause / 1s);
        const bool neighbour = reason == errc::not_authentic || reason == errc::wrong_cluster;
        told = {count, now, neighbour && !flood ? std::min<Duration>(told.pause * 2, 1h) : 1s};
        const std::string hint =
            reason == errc::not_authentic ? " (another cluster key? compare the fingerprints)" : "";
        log::log_event(Level::warn, "datagram_refused",
                       std::to_string(more) + " datagrams refused: " + make_error_code(reason).message() +
                           hint,
                       {{"reason", std::string{cp::name(reason)}}, {"count", more}});
    }
}

void NodeLog::refused(TimePoint now, const net::LinkCounters& counts) {
    const auto refused = counts.refused - links_told_.refused;
    const auto crowded = counts.crowded - links_told_.crowded;
    const auto failures = counts.accept_failures - links_told_.accept_failures;
    if (refused + crowded + failures == 0 || now - links_told_at_ < 1s) return;
    links_told_at_ = now;
    log::log_event(Level::warn, "link_refused",
                   std::to_string(refused + crowded + failures) + " connections to the link port refused",
                   {{"unproven", refused}, {"crowded", crowded}, {"no_resources", failures}});
    links_told_ = counts;
}

void NodeLog::link_ended(NodeId node, wire::LinkVerdict verdict) {
    struct Words {
        std::string_view sentence, name;
    };
    const auto words = [verdict]() -> Words {
        switch (verdict) {
        case wire::LinkVerdict::crashed: return {"'s port refuses: its program has ended", "crashed"};
        case wire::LinkVerdict::unreachable: return {"'s machine answers nothing any more", "unreachable"};
        case wire::LinkVerdict::unanswered: break;
        }
        return {" hung up and its port does not answer", "unanswered"};
    }();
    log::log_event(Level::info, "link_ended", node_text(node) + std::string{words.sentence},
                   {{"member", node}, {"verdict", words.name}});
}

} // namespace cp::node
