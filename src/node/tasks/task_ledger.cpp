#include "tasks/task_ledger.hpp"

#include <algorithm>
#include <utility>

namespace cp::tasks {

using wire::TaskStage;

namespace {

bool settled(const Task& task) { return task.stage == TaskStage::done || task.stage == TaskStage::failed; }

} // namespace

Admission TaskLedger::admit(NodeId self, const wire::TaskHeader& header, const Digest& upload) {
    if (finished(header.task)) return Admission::finished;
    if (Task* known = entry(header.task)) {
        if (known->upload != upload) return Admission::conflict;
        known->holders.insert(self);
        return Admission::known;
    }
    if (tasks_.size() >= limits::ledger_max) return Admission::full;
    Task task;
    task.id = header.task;
    task.client = header.reply_to;
    task.user = header.user;
    task.command = header.command;
    task.upload = upload;
    task.holders.insert(self);
    tasks_.emplace(task.id, std::move(task));
    return Admission::fresh;
}

void TaskLedger::hold(const TaskId& id, NodeId node) {
    if (Task* task = entry(id)) task->holders.insert(node);
}

void TaskLedger::drop_holder(NodeId node) {
    for (auto& [id, task] : tasks_) task.holders.erase(node);
}

void TaskLedger::start(const TaskId& id, NodeId worker) {
    Task* task = entry(id);
    if (task == nullptr || settled(*task)) return;
    task->stage = TaskStage::running;
    task->worker = worker;
}

std::vector<TaskId> TaskLedger::drop_worker(NodeId node) {
    std::vector<TaskId> orphaned;
    for (auto& [id, task] : tasks_) {
        if (task.worker != node) continue;
        task.worker = {};
        if (task.stage != TaskStage::running) continue;
        task.stage = TaskStage::held;
        orphaned.push_back(id);
    }
    return orphaned;
}

bool TaskLedger::done(TimePoint now, const TaskId& id, const Digest& result, NodeId by) {
    Task* task = entry(id);
    if (task == nullptr || settled(*task)) return false;
    task->stage = TaskStage::done;
    task->result = result;
    task->worker = by;
    task->settled = now;
    return true;
}

bool TaskLedger::fail(TimePoint now, const TaskId& id, errc code, std::string reason) {
    Task* task = entry(id);
    if (task == nullptr || settled(*task)) return false;
    task->stage = TaskStage::failed;
    task->failure = code;
    task->reason = std::move(reason);
    task->settled = now;
    return true;
}

void TaskLedger::reopen(const TaskId& id) {
    if (Task* task = entry(id)) {
        task->stage = TaskStage::held;
        task->worker = {};
    }
}

bool TaskLedger::acknowledge(const TaskId& id) {
    const bool known = tasks_.erase(id) > 0;
    finished_.insert(id); // also when unknown: a late copy of the upload is not work
    return known;
}

std::vector<TaskId> TaskLedger::expire(TimePoint now, Duration kept) {
    std::vector<TaskId> gone;
    for (const auto& [id, task] : tasks_)
        if (settled(task) && now - task.settled >= kept) gone.push_back(id);
    for (const TaskId& id : gone) acknowledge(id);
    return gone;
}

void TaskLedger::asked_for(TimePoint now, const TaskId& id) {
    if (Task* task = entry(id); task != nullptr && settled(*task)) task->settled = now;
}

void TaskLedger::mark_accepted(const TaskId& id) {
    if (Task* task = entry(id)) task->accepted = true;
}

const Task* TaskLedger::find(const TaskId& id) const {
    const auto found = tasks_.find(id);
    return found == tasks_.end() ? nullptr : &found->second;
}

bool TaskLedger::finished(const TaskId& id) const { return finished_.contains(id); }

TaskStage TaskLedger::stage(const TaskId& id) const {
    if (const Task* task = find(id)) return task->stage;
    return finished(id) ? TaskStage::finished : TaskStage::unknown;
}

TimePoint TaskLedger::next_expiry(Duration kept) const {
    TimePoint next = never;
    for (const auto& [id, task] : tasks_)
        if (settled(task)) next = std::min(next, task.settled + kept);
    return next;
}

std::vector<wire::LedgerEntry> TaskLedger::summary() const {
    std::vector<wire::LedgerEntry> entries;
    entries.reserve(tasks_.size());
    for (const auto& [id, task] : tasks_)
        entries.push_back({id, task.stage, task.accepted, task.worker, task.result});
    return entries;
}

void TaskLedger::merge(TimePoint now, NodeId from, const wire::LedgerEntry& theirs) {
    Task* task = entry(theirs.task);
    if (task == nullptr) return;
    task->holders.insert(from);
    task->accepted = task->accepted || theirs.accepted;
    if (theirs.stage != TaskStage::done) return;
    done(now, theirs.task, theirs.result, theirs.worker);
    if (theirs.worker == from && task->stage == TaskStage::done) task->worker = from;
}

void TaskLedger::merge_worker(NodeId from, const wire::LedgerEntry& theirs) {
    Task* task = entry(theirs.task);
    if (task == nullptr) return;
    if (theirs.stage == TaskStage::running && theirs.worker &&
        (task->stage == TaskStage::held || theirs.worker == from))
        start(theirs.task, theirs.worker);
    if (theirs.stage == TaskStage::held && task->stage == TaskStage::running && task->worker == from)
        reopen(theirs.task); // it was never told
}

Task* TaskLedger::entry(const TaskId& id) {
    const auto found = tasks_.find(id);
    return found == tasks_.end() ? nullptr : &found->second;
}

} // namespace cp::tasks
