// ClientCore, the way of a request: submitted, sent once, answered, acknowledged.
#include "client_core/client_core.hpp"

namespace cp::client {

void ClientCore::submit(TimePoint now, const TaskId& id, Payload upload, std::uint64_t work_bytes,
                        wire::Outbox& out, std::optional<std::uint64_t> ready) {
    PendingTask task;
    task.id = id;
    task.upload = std::move(upload);
    task.work_bytes = work_bytes;
    task.ready = ready;
    pending_.insert_or_assign(id, std::move(task));
    if (!leader_.node && discover_at_ == never) discover(now, out);
    settle(now, out);
}

void ClientCore::set_ready(TimePoint now, const TaskId& id, wire::Outbox& out) {
    auto* task = pending(id);
    if (task == nullptr) return;
    task->ready.reset();
    transfers_.set_ready(now, upload_object(id), task->upload.size(), out);
}

void ClientCore::begin(TimePoint now, PendingTask& task, bool again, wire::Outbox& out) {
    transfers_.forget(upload_object(task.id));
    transfer::SendSpec spec;
    spec.object = upload_object(task.id);
    spec.bytes = task.upload;
    spec.segment_bytes = config_.segment_bytes;
    spec.work_bytes = task.work_bytes;
    spec.ready_bytes = task.ready;
    spec.repairs_only = again && !task.ready;
    spec.essential = leader_.node;
    for (NodeId node : members_.alive())
        if (const auto* member = members_.find(node)) spec.receivers.push_back({node, member->session});
    task.state = PendingTask::State::sending;
    task.ask_later(now);
    ++task.sends;
    if (again)
        events_.push_back(SendingAgain{task.id, task.sends});
    else
        events_.push_back(Broadcasting{task.id, spec.receivers.size()});
    transfers_.send(now, std::move(spec), out);
}

void ClientCore::acknowledge(const TaskId& id, wire::Outbox& out) {
    if (pending_.erase(id) == 0) return;
    transfers_.forget(upload_object(id));
    transfers_.release(result_object(id));
    // Twice, because a one-shot client is gone before it could hear that the first was lost: to all, where
    // uploads of others may fill the socket, and to the leader, whom nobody else would tell.
    out.to_data_group(wire::TaskAck{id});
    if (const auto* leader = members_.find(leader_.node)) {
        out.to(leader->session, wire::TaskAck{id});
    } else {
        out.to_data_group(wire::TaskAck{id});
    }
}

void ClientCore::reject(TimePoint now, const TaskId& id, NodeId node, wire::Outbox& out) {
    PendingTask* task = pending(id);
    if (task == nullptr || task->state != PendingTask::State::answered) return;
    task->state = PendingTask::State::sent;
    task->ask_later(now);
    transfers_.release(result_object(id));
    // Twice, because who missed it would go on delivering the same.
    out.to_group(wire::TaskReject{id, node});
    out.to_group(wire::TaskReject{id, node});
}

void ClientCore::cancel(TimePoint now, const TaskId& id, wire::Outbox& out) {
    const auto found = pending_.find(id);
    if (found == pending_.end()) return;
    if (found->second.open()) transfers_.abandon(now, upload_object(id), out);
    acknowledge(id, out);
}

void ClientCore::leave(TimePoint now, wire::Outbox& out) {
    while (!pending_.empty()) {
        const TaskId id = pending_.begin()->first; // which ends with its entry
        cancel(now, id, out);
    }
    out.to_group(wire::Leave{});
}

void ClientCore::fail(TimePoint now, const TaskId& id, errc code, std::string reason, wire::Outbox& out) {
    const auto* task = pending(id);
    if (task == nullptr || task->state == PendingTask::State::answered) return;
    events_.push_back(Failed{id, code, std::move(reason), task->sends});
    cancel(now, id, out);
}

void ClientCore::on_setup(TimePoint now, const SessionId& from, const wire::Setup& setup, wire::Outbox& out) {
    const auto* task = pending(setup.object.task);
    if (setup.object.kind != ObjectKind::result)
        return transfers_.answer_setup(now, from, setup, wire::ReceiverState::refused, out);
    if (task == nullptr || task->state == PendingTask::State::answered) {
        // A second answer, from a leader that did not know of the first: it is over.
        transfers_.answer_setup(now, from, setup, wire::ReceiverState::complete, out);
        if (task == nullptr) out.to(from, wire::TaskAck{setup.object.task});
        return;
    }
    transfers_.on_setup(now, from, setup, out);
}

void ClientCore::on_task_state(TimePoint now, const SessionId& from, const wire::TaskState& state,
                               wire::Outbox& out) {
    auto* task = pending(state.task);
    if (task == nullptr) { // our acknowledgement got lost
        if (state.stage != wire::TaskStage::finished) out.to(from, wire::TaskAck{state.task});
        return;
    }
    if (!task->open()) return;
    if (state.stage == wire::TaskStage::finished)
        return fail(now, state.task, errc::lost, "the answer was not fetched in time and is gone: send again",
                    out);
    if (state.stage == wire::TaskStage::lost) {
        // While it is on its way somebody may still get it; and whose node that is has to lead.
        if (state.node == leader_.node && task->state == PendingTask::State::sent)
            begin(now, *task, true, out);
        return;
    }
    // A part of it counts only while we are sending: later nobody would complete it.
    const bool whole = state.stage >= wire::TaskStage::held;
    if (whole || (state.stage == wire::TaskStage::receiving && task->state == PendingTask::State::sending))
        task->ask_later(now);
}

void ClientCore::settle(TimePoint now, wire::Outbox& out) {
    for (auto& [id, task] : pending_)
        if (task.state == PendingTask::State::waiting && settled(now)) begin(now, task, false, out);

    for (const auto& event : transfers_.take_events()) {
        if (const auto* progress = std::get_if<transfer::SendProgress>(&event)) {
            if (auto* task = pending(progress->object.task)) {
                task->ask_later(now);
                events_.push_back(Progress{task->id, progress->bytes, progress->total});
            }
        } else if (const auto* changed = std::get_if<transfer::ReceiverChanged>(&event)) {
            const bool refused = changed->phase == transfer::ReceiverPhase::refused;
            if (refused && changed->receiver.node == leader_.node)
                fail(
                    now, changed->object.task, errc::too_large,
                    "the leader refused it: over its limits ([imaging] max_bytes, [tasks] memory_budget_mib)",
                    out);
        } else if (const auto* finished = std::get_if<transfer::SendFinished>(&event)) {
            auto* task = pending(finished->object.task);
            if (task != nullptr && task->state == PendingTask::State::sending)
                task->state = PendingTask::State::sent;
        } else if (const auto* complete = std::get_if<transfer::ObjectComplete>(&event)) {
            auto* task = pending(complete->object.task);
            const auto payload = transfers_.find(complete->object);
            if (task == nullptr || !payload) continue;
            const auto* member = members_.find(complete->from);
            task->state = PendingTask::State::answered;
            transfers_.forget(upload_object(task->id));
            events_.push_back(Answered{task->id, member != nullptr ? member->node : NodeId{}, leader_.epoch,
                                       *payload, task->sends});
        }
    }
}

PendingTask* ClientCore::pending(const TaskId& id) {
    const auto found = pending_.find(id);
    return found == pending_.end() ? nullptr : &found->second;
}

} // namespace cp::client
