// TaskFlow, the part that hears how tasks end.
#include "node_core/task_flow.hpp"

namespace cp::node {

using tasks::Task;
using wire::TaskStage;

void TaskFlow::on_message(TimePoint now, const SessionId& from, const wire::TaskDone& done,
                          wire::Outbox& out) {
    const auto* member = members_.find(from);
    if (member == nullptr || done.epoch < epoch_)
        return; // a stale leader's answer: the client may take it, we need not
    if (leading() && ledger_.finished(done.task)) return say(from, done.task, out); // it missed the TaskAck
    const bool first = ledger_.done(now, done.task, done.result, member->node);
    if (first) unassign(done.task);
    const Task* task = ledger_.find(done.task);
    if (task == nullptr) {
        if (stage_of(done.task) == TaskStage::unknown) learn_of(now, done.task, member->node);
    } else if (leading() && task->stage == TaskStage::done) {
        assignments_.on_done(now, done.task, member->node);
    }
}

void TaskFlow::on_message(TimePoint now, const SessionId& from, const wire::TaskFailed& failed,
                          wire::Outbox&) {
    if (members_.find(from) == nullptr || failed.epoch < epoch_) return;
    if (ledger_.fail(now, failed.task, static_cast<errc>(failed.code), failed.reason)) unassign(failed.task);
}

// The client found that the answer is not what it asked for. Every node drops it, whoever leads has it made
// again. A repeat finds another worker, or none, and does nothing.
void TaskFlow::on_message(TimePoint now, const SessionId& from, const wire::TaskReject& reject,
                          wire::Outbox& out) {
    const TaskId& id = reject.task;
    const Task* task = ledger_.find(id);
    if (task == nullptr || task->client != from) return;
    if (task->stage != TaskStage::done || task->worker != reject.node) return;
    if (results_.erase(id) != 0) jobs_.end(id); // else it may be our own work that goes on
    drop_growing(id);
    interrupted_.erase(id);
    transfers_.forget(result_of(id));
    std::erase_if(sends_, [&](const auto& send) { return send.second.object == result_of(id); });
    assignments_.drop(id);
    ledger_.reopen(id);
    if (role_ == Role::serving) dispatch_elsewhere(now, id, reject.node, out);
}

// Only who asked may say that it has its answer. Of a task that is not known here (its upload did not arrive,
// and may still) nobody knows who asked; its id is a secret of client and cluster, so a client may say it,
// and a node, which never has an answer, may not.
void TaskFlow::on_message(TimePoint, const SessionId& from, const wire::TaskAck& ack, wire::Outbox&) {
    const Task* task = ledger_.find(ack.task);
    if (members_.find(from) != nullptr || (task != nullptr && task->client != from)) return;
    forget(ack.task);
}

} // namespace cp::node
