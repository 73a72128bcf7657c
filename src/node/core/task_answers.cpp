// TaskFlow, what the client is told: that it may leave, the result, or why there is none.
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

// --- the result

void TaskFlow::on_work_done(TimePoint now, const TaskId& id, const Outcome<Payload>& result,
                            wire::Outbox& out) {
    const Task* task = ledger_.find(id);
    if (task == nullptr || task->stage == TaskStage::done || task->stage == TaskStage::failed)
        return jobs_.end(id); // acknowledged, expired, or another node's answer came first
    if (leading() && !lease_) return static_cast<void>(unsent_.insert_or_assign(id, result));
    if (!result) return fail(now, id, result.error(), out);

    const auto job = jobs_.all().find(id);
    const Epoch epoch = job != jobs_.all().end() ? std::max(job->second.epoch, epoch_) : epoch_;
    const Digest digest = wire::stated_digest(result->view());
    ledger_.done(now, id, digest, self_);
    results_[id] = *result;
    events_.push_back(TaskDone{id, task->user, self_});
    deliver(now, *task, out);
    out.to_data_group(wire::TaskDone{id, epoch, digest});
    unassign(id);
    if (job != jobs_.all().end() && !job->second.reported) jobs_.end(id);
}

void TaskFlow::fail(TimePoint now, const TaskId& id, const Failure& failure, wire::Outbox& out) {
    const Task& task = *ledger_.find(id);
    ledger_.fail(now, id, failure.code, failure.line.substr(0, limits::text_max)); // it travels
    events_.push_back(TaskFailed{id, task.user, task.failure, task.reason});
    const wire::TaskFailed failed{id, epoch_, static_cast<std::uint16_t>(task.failure), task.reason};
    out.to(task.client, failed);
    out.to_group(failed);
    unassign(id);
    jobs_.end(id);
}

// Nor would it take the same from another node.
void TaskFlow::on_answer_refused(TimePoint now, const TaskId& id, wire::Outbox& out) {
    auto result = results_.extract(id);
    if (result.empty() || ledger_.stage(id) != TaskStage::done) return;
    const std::size_t size = result.mapped().size();
    discarded_.push_back(std::move(result.mapped()));
    interrupted_.erase(id);
    ledger_.reopen(id);
    fail(now, id, {errc::too_large, "the client takes no answer of " + std::to_string(size) + " bytes"}, out);
}

void TaskFlow::deliver(TimePoint now, const Task& task, wire::Outbox& out) {
    if (const auto result = results_.find(task.id); result != results_.end())
        send(now, result_of(task.id), result->second, task.client, segment_bytes_,
             interrupted_.contains(task.id), out);
}

void TaskFlow::set_lease(TimePoint now, bool holds, wire::Outbox& out) {
    if (std::exchange(lease_, holds) == holds || !holds) return;
    for (const auto& [id, result] : std::exchange(unsent_, {})) on_work_done(now, id, result, out);
    std::vector<TaskId> open;
    for (const auto& [id, task] : ledger_.open()) open.push_back(id);
    for (const TaskId& id : open) accept_if_safe(now, id, out);
}

// --- questions of the client

void TaskFlow::on_message(TimePoint now, const SessionId& from, const wire::TaskQuery& query,
                          wire::Outbox& out) {
    if (members_.find(from) != nullptr) return say(from, query.task, out);
    answer_client(now, from, query.task, out);
}

void TaskFlow::answer_client(TimePoint now, const SessionId& client, const TaskId& id, wire::Outbox& out) {
    const Task* task = ledger_.find(id);
    if (task != nullptr && task->client != client) { // its answer is not this client's
        if (may_answer())
            out.to(client, wire::TaskFailed{id, epoch_, static_cast<std::uint16_t>(errc::conflict),
                                            "another client's task has this id"});
        return;
    }
    if (!may_answer()) {
        // The leader may not know of it: say that it exists, to both, so that nothing is sent again.
        if (stage_of(id) == TaskStage::unknown) return;
        say(client, id, out);
        if (const auto* member = leader()) say(member->session, id, out);
        if (task != nullptr && !leading()) deliver(now, *task, out); // the worker alone has the result
        return;
    }
    say(client, id, out);
    if (task == nullptr) return;
    if (task->accepted)
        out.to(client,
               wire::TaskAccepted{id, epoch_, static_cast<std::uint8_t>(std::min(replicas(*task), 255U))});
    if (task->stage == TaskStage::failed)
        out.to(client, wire::TaskFailed{id, epoch_, static_cast<std::uint16_t>(task->failure), task->reason});
    if (task->stage == TaskStage::done) answer_done(now, *task, out);
}

void TaskFlow::answer_done(TimePoint now, const Task& task, wire::Outbox& out) {
    if (results_.contains(task.id)) return deliver(now, task, out);
    // Its worker hears the question, too, and answers.
    if (healthy(task.worker) && assignments_.still_delivering(now, task.id)) return;
    ledger_.reopen(task.id); // the result died with the node that made it; the work is deterministic
    assignments_.drop(task.id);
    assign(now, task.id, self_, out);
}

// --- TaskAccepted: the client may leave

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
