// TaskFlow, TaskAccepted: the client may leave, because the upload is held by enough.
#include "node_core/task_flow.hpp"

#include <algorithm>

namespace cp::node {

using tasks::Task;
using wire::TaskStage;

namespace {

using namespace std::chrono_literals;

constexpr std::size_t decliners_max = 8; // the lowest ids decline; a hundred nodes would drown the client
constexpr auto ask_holders_after = 20ms; // they say it by themselves; then a datagram was lost
// Who says nothing at all for so long after the question does not count as live.
constexpr auto answers_within = 250ms;
constexpr std::size_t polls_at_once = 16;

} // namespace

// Once two live nodes hold its upload; a node that is alone says so at once.
void TaskFlow::accept_if_safe(TimePoint now, const TaskId& id, wire::Outbox& out) {
    const Task* task = ledger_.find(id);
    if (task == nullptr || task->accepted || !may_answer()) return;
    const unsigned holders = replicas(*task);
    if (holders < 2 && another_may_hold(now, id)) {
        polls_.try_emplace(id, Poll{never, now + ask_holders_after});
        return;
    }
    polls_.erase(id);
    ledger_.mark_accepted(id);
    events_.push_back(TaskAccepted{id, task->user, holders});
    out.to(task->client, wire::TaskAccepted{id, epoch_, static_cast<std::uint8_t>(std::min(holders, 255U))});
}

unsigned TaskFlow::replicas(const Task& task) const {
    return 1 +
           static_cast<unsigned>(std::ranges::count_if(task.holders, [&](NodeId n) { return healthy(n); }));
}

bool TaskFlow::another_may_hold(TimePoint now, const TaskId& id) const {
    const auto poll = polls_.find(id);
    const bool answers_due =
        poll != polls_.end() && poll->second.asked != never && now - poll->second.asked >= answers_within;
    return std::ranges::any_of(members_.members(), [&](const auto& member) {
        const bool silent = answers_due && member.heard < poll->second.asked;
        return member.state == wire::MemberState::alive && !silent;
    });
}

void TaskFlow::poll_holders(TimePoint now, wire::Outbox& out) {
    std::vector<TaskId> due;
    for (auto& [id, poll] : polls_) {
        if (now < poll.next) continue;
        if (due.size() < polls_at_once)
            due.push_back(id);
        else
            poll.next = now + ask_holders_after;
    }
    for (const TaskId& id : due) {
        const Task* task = ledger_.find(id);
        if (task == nullptr || task->accepted || task->stage >= TaskStage::done || role_ != Role::serving) {
            polls_.erase(id); // too late, or not ours to say
            continue;
        }
        accept_if_safe(now, id, out);
        if (task->accepted) continue;
        polls_[id] = {now, now + answers_within};
        out.to_group(wire::TaskQuery{id}); // who else holds it?
    }
}

void TaskFlow::decline(const TaskId& id, const SessionId& client, wire::Outbox& out) const {
    const auto alive = members_.alive();
    const auto lower = std::ranges::count_if(alive, [&](NodeId node) { return node < self_; });
    if (static_cast<std::size_t>(lower) < decliners_max) out.to(client, wire::TaskDeclined{id, self_});
}

} // namespace cp::node
