#include "tasks/assignments.hpp"

#include <algorithm>

namespace cp::tasks {

void Assignments::assign(TimePoint now, const TaskId& id, NodeId worker) {
    entries_[id] = {.worker = worker, .state = State::told, .heard = now, .due = now + acknowledged_within};
}

void Assignments::assign_here(const TaskId& id, NodeId self) {
    entries_[id] = {.worker = self, .state = State::working};
}

void Assignments::adopt(TimePoint now, const TaskId& id, NodeId worker) {
    entries_[id] = {.worker = worker, .state = State::working, .heard = now, .due = now + reported_within};
}

bool Assignments::on_progress(TimePoint now, const TaskId& id, NodeId from) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.worker != from) return false;
    Entry& entry = found->second;
    entry.heard = now;
    if (entry.state == State::done) return true;
    entry.state = State::working;
    entry.due = now + reported_within;
    return true;
}

void Assignments::on_done(TimePoint now, const TaskId& id, NodeId by) {
    Entry& entry = entries_[id];
    if (entry.state == State::done && entry.worker != by) return; // the first one counts
    entry.worker = by;
    entry.state = State::done;
    entry.heard = now;
    entry.due = never;
}

bool Assignments::still_delivering(TimePoint now, const TaskId& id) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.state != State::done) return false;
    Entry& entry = found->second;
    entry.asked_in_vain = now - entry.heard <= sending_told_within ? 0 : entry.asked_in_vain + 1;
    return entry.asked_in_vain < asked_in_vain_max;
}

std::vector<Assignments::Overdue> Assignments::overdue(TimePoint now) {
    std::vector<Overdue> found;
    for (auto& [id, entry] : entries_) {
        if (now < entry.due) continue;
        const bool repeat = entry.state == State::told && entry.repeats < repeats_max;
        entry.due = repeat ? now + acknowledged_within : never;
        entry.repeats += repeat ? 1 : 0;
        found.push_back({id, entry.worker, repeat});
    }
    return found;
}

TimePoint Assignments::deadline() const {
    TimePoint next = never;
    for (const auto& [id, entry] : entries_) next = std::min(next, entry.due);
    return next;
}

NodeId Assignments::worker(const TaskId& id) const {
    const auto found = entries_.find(id);
    return found == entries_.end() ? NodeId{} : found->second.worker;
}

std::map<NodeId, std::size_t> Assignments::counts() const {
    std::map<NodeId, std::size_t> counts;
    for (const auto& [id, entry] : entries_)
        if (entry.state != State::done) ++counts[entry.worker];
    return counts;
}

} // namespace cp::tasks
