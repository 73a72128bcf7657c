// TaskFlow, the part that hears what other nodes and clients say about tasks.
#include "node_core/task_flow.hpp"

#include <algorithm>

namespace cp::node {

using tasks::Task;
using wire::TaskStage;

void TaskFlow::on_message(TimePoint now, const SessionId& from, const wire::TaskQuery& query,
                          wire::Outbox& out) {
    if (members_.find(from) != nullptr) return say(from, query.task, out);
    answer_client(now, from, query.task, out);
}

void TaskFlow::answer_client(TimePoint now, const SessionId& client, const TaskId& id, wire::Outbox& out) {
    if (role_ != Role::serving) {
        // The leader may not know of it: say that it exists, to both, so that nothing is sent again.
        if (stage_of(id) == TaskStage::unknown) return;
        say(client, id, out);
        if (const auto* member = leader()) say(member->session, id, out);
        return;
    }
    say(client, id, out);
    const Task* task = ledger_.find(id);
    if (task == nullptr) return;
    if (task->accepted)
        out.to(client,
               wire::TaskAccepted{
                   id, epoch_, static_cast<std::uint8_t>(std::min<std::size_t>(task->holders.size(), 255))});
    if (task->stage == TaskStage::failed)
        out.to(client, wire::TaskFailed{id, epoch_, static_cast<std::uint16_t>(task->failure), task->reason});
    if (task->stage != TaskStage::done) return;
    if (results_.contains(id)) return deliver(now, *task, out);
    ledger_.reopen(id); // the result died with the node that made it; the work is deterministic
    run(id);
}

void TaskFlow::on_message(TimePoint now, const SessionId& from, const wire::TaskState& state,
                          wire::Outbox& out) {
    const auto* member = members_.find(from);
    if (member == nullptr) return;
    if (leading()) {
        if (ledger_.finished(state.task)) return say(from, state.task, out);
        if (state.stage == TaskStage::finished) return forget(state.task);
        if (state.stage == TaskStage::receiving && ledger_.find(state.task) != nullptr)
            say(from, state.task, out); // whole here: it may fetch it
        const bool holds = state.stage >= TaskStage::held && state.stage <= TaskStage::failed;
        if (!holds) return;
        if (const Task* task = ledger_.find(state.task)) {
            ledger_.hold(state.task, member->node);
            accept_if_safe(state.task, out);
            if (task->stage > state.stage && task->stage >= TaskStage::done) say(from, state.task, out);
        } else {
            learn_of(now, state.task, member->node);
        }
        return;
    }
    if (member->node != leader_) return;
    const bool whole = state.stage >= TaskStage::held && state.stage <= TaskStage::failed;
    if (whole && ledger_.find(state.task) == nullptr && !ledger_.finished(state.task))
        learn_of(now, state.task, member->node);
    if (state.stage == TaskStage::finished) forget(state.task);
    if (state.stage == TaskStage::done) ledger_.done(now, state.task, {});
    if (state.stage == TaskStage::failed)
        ledger_.fail(now, state.task, errc::internal, "failed on the leader");
}

void TaskFlow::on_message(TimePoint now, const SessionId& from, const wire::TaskDone& done, wire::Outbox&) {
    const auto* member = members_.find(from);
    if (member == nullptr || done.epoch < epoch_)
        return; // a stale leader's answer: the client may take it, we need not
    if (ledger_.done(now, done.task, done.result)) return;
    if (stage_of(done.task) == TaskStage::unknown) learn_of(now, done.task, member->node);
}

void TaskFlow::on_message(TimePoint now, const SessionId& from, const wire::TaskFailed& failed,
                          wire::Outbox&) {
    if (members_.find(from) == nullptr || failed.epoch < epoch_) return;
    ledger_.fail(now, failed.task, static_cast<errc>(failed.code), failed.reason);
}

void TaskFlow::on_message(TimePoint, const SessionId& from, const wire::TaskAck& ack, wire::Outbox&) {
    const Task* task = ledger_.find(ack.task);
    if (task != nullptr && task->client != from) return; // only who asked may say that it has its answer
    forget(ack.task);
}

void TaskFlow::on_message(TimePoint, const SessionId& from, const wire::LedgerQuery& query,
                          wire::Outbox& out) {
    if (members_.find(from) == nullptr) return;
    const auto entries = ledger_.summary();
    const auto total = static_cast<std::uint32_t>(entries.size());
    std::size_t at = 0;
    do { // an empty ledger is an answer, too
        const std::size_t end = std::min(entries.size(), at + limits::ledger_entries_per_datagram);
        wire::LedgerSummary part{query.epoch, self_, total, {}};
        part.entries.assign(entries.begin() + static_cast<std::ptrdiff_t>(at),
                            entries.begin() + static_cast<std::ptrdiff_t>(end));
        out.to(from, std::move(part));
        at = end;
    } while (at < entries.size());
}

void TaskFlow::on_message(TimePoint now, const SessionId& from, const wire::LedgerSummary& summary,
                          wire::Outbox& out) {
    const auto* member = members_.find(from);
    if (member == nullptr) return;
    for (const auto& theirs : summary.entries) {
        if (ledger_.finished(theirs.task)) {
            say(from, theirs.task, out);
        } else if (ledger_.find(theirs.task) != nullptr) {
            ledger_.merge(now, member->node, theirs);
            accept_if_safe(theirs.task, out);
        } else {
            learn_of(now, theirs.task, member->node);
        }
    }
    recovery_.on_summary(member->node, summary);
    if (recovery_.finished()) serve(now, out);
}

} // namespace cp::node
