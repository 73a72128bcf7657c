// TaskFlow, who works on a task: the leader's side of an assignment, and the worker's.
#include "node_core/task_flow.hpp"

#include <algorithm>

namespace cp::node {

using tasks::Task;
using wire::TaskStage;

namespace {

using namespace std::chrono_literals;

// An upload is whole at the others within a round trip of being whole here; whoever is later is not chosen.
constexpr auto gather_for = 10ms;
constexpr auto delivered_within = 2s;
constexpr auto load_is_fresh_for = 1500ms;  // three heartbeats of a follower
constexpr std::size_t refused_at_most = 16; // queued tasks that nobody takes, looked at per turn

} // namespace

// --- the leader's side

// A new leader, of each task that is not settled: a live worker goes on, anything else is dispatched.
void TaskFlow::resume(TimePoint now, const TaskId& id, wire::Outbox& out) {
    const Task& task = *ledger_.find(id);
    if (assignments_.contains(id) || gathering_.contains(id) || queued_.contains(id)) return; // led before
    const auto* worker = members_.find(task.worker);
    const bool lives =
        task.worker == self_ || (worker != nullptr && worker->state != wire::MemberState::gone);
    if (task.stage == TaskStage::done && lives) return assignments_.on_done(now, id, task.worker);
    if (died_in_delivery(now, task)) return redo(now, id, out);
    if (task.worker == self_ && jobs_.contains(id)) return assignments_.assign_here(id, self_);
    if (task.stage == TaskStage::running && worker != nullptr && lives)
        return assignments_.adopt(now, id, task.worker);
    if (task.stage < TaskStage::done) dispatch(now, id, {}, out);
}

// Done a moment ago by a node that is gone, and not acknowledged: the client hardly has the result. Later it
// asks.
bool TaskFlow::died_in_delivery(TimePoint now, const Task& task) const {
    return task.stage == TaskStage::done && !results_.contains(task.id) &&
           now - task.settled < delivered_within;
}

void TaskFlow::redo(TimePoint now, const TaskId& id, wire::Outbox& out) {
    ledger_.reopen(id);
    assignments_.drop(id);
    dispatch(now, id, {}, out);
}

// A fresh upload. Others can only work on it once they hold it, too.
void TaskFlow::take_up(TimePoint now, const TaskId& id, wire::Outbox& out) {
    if (!announces(*ledger_.find(id))) return static_cast<void>(dispatch(now, id, {}, out));
    gathering_.emplace(id, now + gather_for);
    take_up_if_all_hold(now, id, out);
}

void TaskFlow::take_up_if_all_hold(TimePoint now, const TaskId& id, wire::Outbox& out) {
    const Task* task = ledger_.find(id);
    if (task == nullptr || !gathering_.contains(id)) return;
    const bool all = std::ranges::all_of(members_.members(), [&](const auto& member) {
        return member.state != wire::MemberState::alive || task->holders.contains(member.node);
    });
    if (all) dispatch(now, id, {}, out);
}

// False: everybody has as many as may be; it waits for the first who is done with one.
bool TaskFlow::dispatch(TimePoint now, const TaskId& id, const Replaced& replaced, wire::Outbox& out) {
    const Task& task = *ledger_.find(id);
    gathering_.erase(id);
    if (task.stage >= TaskStage::done) return queued_.erase(id), true;
    const bool choice = announces(task); // what is stored, the leader stores
    const NodeId worker = choice ? dispatcher_.next(candidates(now, task, replaced.worker)) : self_;
    if (!worker) {
        queued_.insert(id);
        return false;
    }
    queued_.erase(id);
    if (replaced.worker)
        events_.push_back(TaskReassigned{id, task.user, replaced.worker, worker, replaced.reason});
    else if (worker != self_)
        events_.push_back(TaskAssigned{id, task.user, worker});
    assign(now, id, worker, out);
    return true;
}

// Whatever the policy says: what one node did wrong, another has to do, as long as there is another.
void TaskFlow::dispatch_elsewhere(TimePoint now, const TaskId& id, NodeId rejected, wire::Outbox& out) {
    const Task& task = *ledger_.find(id);
    const auto others = candidates(now, task, rejected);
    const NodeId worker = others.empty() ? self_ : others.front().node;
    events_.push_back(TaskReassigned{id, task.user, rejected, worker, "rejected"});
    assign(now, id, worker, out);
}

void TaskFlow::assign(TimePoint now, const TaskId& id, NodeId worker, wire::Outbox& out) {
    const Task& task = *ledger_.find(id);
    if (announces(task) || worker != self_) out.to_group(wire::TaskAssign{id, epoch_, worker});
    if (worker == self_) {
        assignments_.assign_here(id, self_);
        return run(id, epoch_);
    }
    assignments_.assign(now, id, worker);
    ledger_.start(id, worker);
}

// The leader's own work is nobody's news, as long as nobody else ever works.
bool TaskFlow::announces(const Task& task) const {
    return dispatcher_.policy() != tasks::DispatchPolicy::leader && !wire::is_for_store(task.command);
}

std::vector<tasks::Candidate> TaskFlow::candidates(TimePoint now, const Task& task, NodeId avoid) const {
    std::vector<tasks::Candidate> fit;
    auto counts = assignments_.counts();
    const auto consider = [&](NodeId node, std::uint16_t load, bool fresh) {
        const std::size_t assigned = counts[node];
        if (assigned < tasks::Assignments::per_worker_max) fit.push_back({node, load, fresh, assigned});
    };
    if (self_ != avoid) consider(self_, load_, true);
    for (const auto& member : members_.members())
        if (member.state == wire::MemberState::alive && member.node != avoid &&
            task.holders.contains(member.node))
            consider(member.node, member.load, now - member.heard <= load_is_fresh_for);
    return fit;
}

void TaskFlow::reassign(TimePoint now, const TaskId& id, const Replaced& replaced, wire::Outbox& out) {
    const Task* task = ledger_.find(id);
    assignments_.drop(id);
    if (task != nullptr && task->stage < TaskStage::done) dispatch(now, id, replaced, out);
}

// It is settled, forgotten, or not the leader's to give any more.
void TaskFlow::unassign(const TaskId& id) {
    gathering_.erase(id);
    queued_.erase(id);
    polls_.erase(id);
    assignments_.drop(id);
    room_ = true;
}

void TaskFlow::dispatch_due(TimePoint now, wire::Outbox& out) {
    for (const auto& due : assignments_.overdue(now)) {
        if (!due.repeat)
            reassign(now, due.task, {due.worker, "silent"}, out);
        else if (const auto* worker = members_.find(due.worker))
            out.to(worker->session, wire::TaskAssign{due.task, epoch_, due.worker});
    }
    std::vector<TaskId> late;
    for (const auto& [id, until] : gathering_)
        if (now >= until) late.push_back(id);
    for (const TaskId& id : late) dispatch(now, id, {}, out);

    if (!std::exchange(room_, false)) return;
    const std::vector<TaskId> waiting{queued_.begin(), queued_.end()};
    std::size_t refused = 0; // one may have other holders than the next
    for (const TaskId& id : waiting)
        if (!dispatch(now, id, {}, out) && ++refused == refused_at_most) break;
}

void TaskFlow::on_message(TimePoint now, const SessionId& from, const wire::TaskProgress& progress,
                          wire::Outbox& out) {
    const auto* member = members_.find(from);
    const TaskId& id = progress.task;
    if (member == nullptr || !leading() || progress.epoch < epoch_) return;
    const Task* task = ledger_.find(id);
    if (task == nullptr || task->stage >= TaskStage::done) {
        if (ledger_.stage(id) != TaskStage::unknown) say(from, id, out);
        return;
    }
    if (assignments_.on_progress(now, id, member->node)) return;
    if (assignments_.contains(id)) // somebody else has it now
        return static_cast<void>(out.to(from, wire::TaskAssign{id, epoch_, assignments_.worker(id)}));
    ledger_.start(id, member->node); // an earlier leader gave it to that node
    if (role_ != Role::serving) return;
    unassign(id);
    assignments_.adopt(now, id, member->node);
}

// --- the worker's side

void TaskFlow::on_message(TimePoint now, const SessionId& from, const wire::TaskAssign& given,
                          wire::Outbox& out) {
    const auto* member = members_.find(from);
    if (member == nullptr || leading()) return;
    if (given.epoch < epoch_ || given.epoch.leader != member->node) return; // not the leader any more
    const TaskId& id = given.task;
    const Task* task = ledger_.find(id);
    if (task == nullptr) {
        if (given.worker == self_) return say(from, id, out);
        if (stage_of(id) == TaskStage::unknown) learn_of(now, id, member->node);
        return;
    }
    if (results_.contains(id)) // it did not hear that we are done
        return static_cast<void>(out.to(from, wire::TaskDone{id, given.epoch, task->result}));
    if (task->stage == TaskStage::failed)
        return static_cast<void>(
            out.to(from, wire::TaskFailed{id, given.epoch, static_cast<std::uint16_t>(task->failure),
                                          task->reason}));
    if (task->stage == TaskStage::done) ledger_.reopen(id); // and its result is gone
    if (given.worker != self_) {
        ledger_.start(id, given.worker);
        return jobs_.report_no_more(id); // if it was ours: a late result is as good as the other's
    }
    run(id, given.epoch);
    jobs_.report(now, id, given.epoch);
    out.to(from, wire::TaskProgress{id, given.epoch});
}

void TaskFlow::run(const TaskId& id, const Epoch& epoch) {
    const Task* task = ledger_.find(id);
    const auto upload = transfers_.find(upload_of(id));
    if (task == nullptr || !upload) return;
    ledger_.start(id, self_);
    if (jobs_.start(id, epoch)) events_.push_back(RunTask{id, task->user, task->client, *upload});
}

// While it works, and while it sends the result: the leader counts on both.
void TaskFlow::report(TimePoint now, wire::Outbox& out) {
    const auto* member = leader();
    for (const auto& [id, job] : jobs_.due(now)) {
        const Task* task = ledger_.find(id);
        if (task == nullptr || member == nullptr) continue;
        if (task->stage != TaskStage::done) {
            out.to(member->session, wire::TaskProgress{id, job.epoch});
            continue;
        }
        if (!results_.contains(id)) { // another node's; our own work goes on until its end
            jobs_.report_no_more(id);
            continue;
        }
        out.to(member->session, wire::TaskDone{id, job.epoch, task->result});
        if (!sending(result_of(id), task->client)) jobs_.end(id);
    }
}

} // namespace cp::node
