#include "node_core/node_event.hpp"

#include "base/overloaded.hpp"

namespace cp::node {
namespace {

std::string who(const TaskId& id, const std::string& user) { return cp::to_text(user, id); }

} // namespace

std::string_view name(const NodeEvent& event) {
    return std::visit(Overloaded{
                          [](const MemberJoined&) { return "member_joined"; },
                          [](const MemberSuspected&) { return "member_suspected"; },
                          [](const MemberLost&) { return "member_lost"; },
                          [](const ElectionStarted&) { return "election_started"; },
                          [](const LeaderChanged&) { return "leader_changed"; },
                          [](const Serving&) { return "serving"; },
                          [](const HandedOver&) { return "hand_over"; },
                          [](const Stalled&) { return "stalled"; },
                          [](const DuplicateId&) { return "duplicate_id"; },
                          [](const RunTask&) { return "task_assigned"; },
                          [](const TaskAssigned&) { return "task_assigned"; },
                          [](const TaskReassigned&) { return "task_reassigned"; },
                          [](const TaskAccepted&) { return "task_accepted"; },
                          [](const TaskDone&) { return "task_done"; },
                          [](const TaskAcknowledged&) { return "task_acknowledged"; },
                          [](const TaskFailed&) { return "task_failed"; },
                      },
                      event);
}

std::string to_text(const NodeEvent& event) {
    const std::string rest = std::visit(
        Overloaded{
            [](const MemberJoined& e) { return "node=" + cp::to_text(e.node); },
            [](const MemberSuspected& e) { return "node=" + cp::to_text(e.node); },
            [](const MemberLost& e) { return "node=" + cp::to_text(e.node) + (e.left ? " left" : ""); },
            [](const ElectionStarted& e) { return "lost=" + cp::to_text(e.lost); },
            [](const LeaderChanged& e) {
                return "leader=" + cp::to_text(e.leader) + " epoch=" + cp::to_text(e.epoch) +
                       " reason=" + std::string{e.reason};
            },
            [](const Serving& e) { return "epoch=" + cp::to_text(e.epoch); },
            [](const HandedOver& e) { return "to=" + cp::to_text(e.to); },
            [](const Stalled& e) { return "millis=" + std::to_string(to_ms(e.away)); },
            [](const DuplicateId& e) { return "node=" + cp::to_text(e.node) + (e.we_go ? " we go" : ""); },
            [](const RunTask& e) { return "task=" + who(e.task, e.user); },
            [](const TaskAssigned& e) { return "task=" + who(e.task, e.user) + " to=" + cp::to_text(e.to); },
            [](const TaskReassigned& e) {
                return "task=" + who(e.task, e.user) + " from=" + cp::to_text(e.from) +
                       " to=" + cp::to_text(e.to) + " reason=" + std::string{e.reason};
            },
            [](const TaskAccepted& e) {
                return "task=" + who(e.task, e.user) + " replicas=" + std::to_string(e.replicas);
            },
            [](const TaskDone& e) { return "task=" + who(e.task, e.user) + " node=" + cp::to_text(e.node); },
            [](const TaskAcknowledged& e) { return "task=" + who(e.task, e.user); },
            [](const TaskFailed& e) { return "task=" + who(e.task, e.user) + " reason=" + e.reason; },
        },
        event);
    return std::string{name(event)} + ' ' + rest;
}

} // namespace cp::node
