// TaskFlow, what makes good what got lost: ledgers compared, bit by bit and as a whole.
#include "node_core/task_flow.hpp"

#include <algorithm>

namespace cp::node {

using tasks::Task;
using wire::TaskStage;

namespace {

using namespace std::chrono_literals;

constexpr std::size_t reconcile_at_most = 16; // tasks told about per turn

} // namespace

// Anti-entropy: a datagram that got lost (TaskState, TaskAssign, TaskDone, TaskAck) is made good within a
// quarter second. Goes round the ledger, a few tasks a turn.
void TaskFlow::reconcile(TimePoint now, wire::Outbox& out) {
    const auto& open = ledger_.open();
    // An upload that stands still may be finished elsewhere: the leader knows.
    std::erase_if(arriving_,
                  [&](const auto& entry) { return !transfers_.receiving(upload_of(entry.first)); });
    if (const auto* member = leader())
        for (const auto& [id, holders] : arriving_) say(member->session, id, out);
    reconcile_at_ = open.empty() && arriving_.empty() ? never : now + reconcile_every;
    room_ = true; // a holder more, or one that is heard again
    const std::size_t count = std::min(reconcile_at_most, open.size());
    auto at = open.upper_bound(reconciled_);
    for (std::size_t i = 0; i < count; ++i) {
        if (at == open.end()) at = open.begin();
        reconcile(at->second, out);
        reconciled_ = at->first;
        ++at;
    }
}

void TaskFlow::reconcile(const Task& task, wire::Outbox& out) const {
    const bool settled = task.stage == TaskStage::done || task.stage == TaskStage::failed;
    if (const auto* member = leader())
        say(member->session, task.id, out); // it answers when it knows better
    else if (role_ == Role::serving && settled)
        say(task.client, task.id, out); // a client that has its answer acknowledges once more
}

void TaskFlow::on_message(TimePoint now, const SessionId& from, const wire::TaskState& state,
                          wire::Outbox& out) {
    const auto* member = members_.find(from);
    if (member == nullptr) return;
    const NodeId node = member->node;
    if (state.stage == TaskStage::unknown) {
        fetches_.drop_holder(upload_of(state.task), node);
        note_lost();
    }
    const bool holds = state.stage >= TaskStage::held && state.stage <= TaskStage::failed;
    if (leading()) {
        if (ledger_.finished(state.task)) return say(from, state.task, out);
        if (state.stage == TaskStage::finished) return forget(state.task);
        if (state.stage == TaskStage::receiving && ledger_.find(state.task) != nullptr)
            say(from, state.task, out); // whole here: it may fetch it
        if (holds) on_holder(now, node, from, state, out);
        return;
    }
    if (node != leader_) return;
    if (holds && ledger_.find(state.task) == nullptr && !ledger_.finished(state.task))
        learn_of(now, state.task, node);
    if (state.stage == TaskStage::finished) forget(state.task);
    if (state.stage == TaskStage::done) ledger_.done(now, state.task, {}, {});
    if (state.stage == TaskStage::failed)
        ledger_.fail(now, state.task, errc::internal, "failed on the leader");
}

// The leader, of a node that has the upload, and of how far that node believes the task to be.
void TaskFlow::on_holder(TimePoint now, NodeId holder, const SessionId& from, const wire::TaskState& state,
                         wire::Outbox& out) {
    const Task* task = ledger_.find(state.task);
    if (task == nullptr) {
        learn_of(now, state.task, holder);
        if (const auto here = arriving_.find(state.task); here != arriving_.end()) {
            here->second.insert(holder); // it was faster than we are: no reason to fetch
            fetches_.progress(now, upload_of(state.task));
        }
        return;
    }
    ledger_.hold(state.task, holder);
    accept_if_safe(now, state.task, out);
    if (role_ == Role::serving) take_up_if_all_hold(now, state.task, out);
    if (task->stage >= TaskStage::done) {
        if (task->stage > state.stage) say(from, state.task, out);
        return;
    }
    // It missed the assignment, or we missed that it is done: told again, it answers with what it has.
    const NodeId worker = assignments_.worker(state.task);
    const bool unheard =
        state.stage == TaskStage::held || (state.stage == TaskStage::done && worker == holder);
    if (worker && unheard && announces(*task)) out.to(from, wire::TaskAssign{state.task, epoch_, worker});
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
            if (role_ != Role::serving) ledger_.merge_worker(member->node, theirs); // who serves knows better
            accept_if_safe(now, theirs.task, out);
        } else {
            learn_of(now, theirs.task, member->node);
        }
    }
    recovery_.on_summary(member->node, summary);
    if (recovery_.finished()) serve(now, out);
}

} // namespace cp::node
