// TaskFlow, what the client is told: the result, or why there is none.
#include "node_core/task_flow.hpp"

#include <algorithm>

namespace cp::node {

using tasks::Task;
using wire::TaskStage;

// --- the result

void TaskFlow::on_work_done(TimePoint now, const TaskId& id, const Outcome<Payload>& result,
                            wire::Outbox& out) {
    const Task* task = ledger_.find(id);
    if (task == nullptr || task->stage == TaskStage::done || task->stage == TaskStage::failed) {
        drop_growing(id);
        return jobs_.end(id); // acknowledged, expired, or another node's answer came first
    }
    if (leading() && !lease_) return static_cast<void>(unsent_.insert_or_assign(id, result));
    if (!result) return fail(now, id, result.error(), out);

    const auto job = jobs_.all().find(id);
    const Epoch epoch = job != jobs_.all().end() ? std::max(job->second.epoch, epoch_) : epoch_;
    const Digest digest = wire::stated_digest(result->view());
    ledger_.done(now, id, digest, self_);
    results_[id] = *result;
    events_.push_back(TaskDone{id, task->user, self_});
    if (is_growing(id, *result)) {
        growing_.erase(id);
        transfers_.set_ready(now, result_of(id), result->size(), out);
    } else if (growing_.contains(id)) { // of another run: this one has the same bytes, and all of them
        interrupted_.insert(id);
        drop_growing(id);
    }
    deliver(now, *task, out);
    out.to_data_group(wire::TaskDone{id, epoch, digest});
    unassign(id);
    if (job != jobs_.all().end() && !job->second.reported) jobs_.end(id);
}

void TaskFlow::on_work_under_way(TimePoint now, const TaskId& id, const Payload& answer, std::uint64_t ready,
                                 wire::Outbox& out) {
    const Task* task = ledger_.find(id);
    if (task == nullptr || task->stage >= TaskStage::done || !jobs_.contains(id)) return;
    if (leading() && !lease_) return;
    if (is_growing(id, answer)) return transfers_.set_ready(now, result_of(id), ready, out);
    // Another run's memory says nothing of the one that is sent; and of what has begun once to leave, the
    // rest is asked for when it is made.
    if (growing_.contains(id) || interrupted_.contains(id)) return;
    growing_.emplace(id, answer);
    transfer::SendSpec spec;
    spec.object = result_of(id);
    spec.bytes = answer;
    spec.segment_bytes = segment_bytes_;
    spec.unicast_to = task->client;
    spec.ready_bytes = ready;
    send(now, std::move(spec), out);
}

bool TaskFlow::is_growing(const TaskId& id, const Payload& answer) const {
    const auto found = growing_.find(id);
    return found != growing_.end() && found->second.view().data() == answer.view().data();
}

// What the client has of it stays there: whoever sends the same goes on with it.
void TaskFlow::drop_growing(const TaskId& id) {
    auto answer = growing_.extract(id);
    if (!answer) return;
    discarded_.push_back(std::move(answer.mapped()));
    transfers_.forget(result_of(id));
    std::erase_if(sends_, [&](const auto& send) { return send.second.object == result_of(id); });
}

void TaskFlow::fail(TimePoint now, const TaskId& id, const Failure& failure, wire::Outbox& out) {
    const Task& task = *ledger_.find(id);
    ledger_.fail(now, id, failure.code, failure.line.substr(0, limits::text_max)); // it travels
    events_.push_back(TaskFailed{id, task.user, task.failure, task.reason});
    const wire::TaskFailed failed{id, epoch_, static_cast<std::uint16_t>(task.failure), task.reason};
    out.to(task.client, failed);
    out.to_group(failed);
    unassign(id);
    drop_growing(id);
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

void TaskFlow::stop_growing() {
    while (!growing_.empty()) {
        const TaskId id = growing_.begin()->first;
        interrupted_.insert(id);
        drop_growing(id);
    }
}

void TaskFlow::set_lease(TimePoint now, bool holds, wire::Outbox& out) {
    if (std::exchange(lease_, holds) == holds) return;
    if (!holds) return stop_growing();
    for (const auto& [id, result] : std::exchange(unsent_, {})) on_work_done(now, id, result, out);
    std::vector<TaskId> open;
    for (const auto& [id, task] : ledger_.open()) open.push_back(id);
    for (const TaskId& id : open) accept_if_safe(now, id, out);
}

// --- questions of the client

void TaskFlow::on_message(TimePoint now, const SessionId& from, const wire::TaskQuery& query,
                          wire::Outbox& out) {
    if (members_.find(from) != nullptr) return say(from, query.task, out);
    if (const Task* task = ledger_.find(query.task); task != nullptr && task->client == from)
        ledger_.asked_for(now, query.task);
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

} // namespace cp::node
