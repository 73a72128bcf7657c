#include "node_core/task_flow.hpp"

#include <algorithm>

namespace cp::node {

using tasks::Task;
using wire::TaskStage;

TaskFlow::TaskFlow(const TaskFlowConfig& config, transfer::Transfers& transfers,
                   const membership::MemberTable& members)
    : self_{config.self}, segment_bytes_{config.segment_bytes}, result_ttl_{config.result_ttl},
      transfers_{transfers}, members_{members}, dispatcher_{config.self, config.dispatch} {}

// --- who leads

void TaskFlow::lead(TimePoint now, const Epoch& epoch, wire::Outbox& out) {
    const bool again = leading(); // outbid somebody: the ledger is ours already, but others may hold more
    leader_ = self_;
    epoch_ = epoch;
    if (!lease_) stop_growing();
    if (again && role_ == Role::serving) return serve(now, out);
    role_ = Role::recovering;
    const auto alive = members_.alive();
    recovery_.begin(now, epoch, {alive.begin(), alive.end()}, out);
    if (recovery_.finished()) serve(now, out);
}

void TaskFlow::follow(TimePoint now, NodeId leader, const Epoch& epoch, wire::Outbox& out) {
    stop_leading();
    role_ = Role::following;
    leader_ = leader;
    epoch_ = epoch;
    reconcile_at_ = now + reconcile_every;
    jobs_.report_all(now, epoch); // what we work on goes on
    // What was accepted before this node came (or while it was behind) is fetched from those who hold it.
    if (const auto* member = this->leader()) out.to(member->session, wire::LedgerQuery{epoch});
}

void TaskFlow::no_leader() {
    stop_leading();
    role_ = Role::leaderless;
    leader_ = {};
}

void TaskFlow::stop_leading() {
    recovery_.stop();
    assignments_.clear();
    gathering_.clear();
    queued_.clear();
    polls_.clear();
    for (const auto& [id, result] : std::exchange(unsent_, {})) { // not ours to send any more: made again
        ledger_.reopen(id);
        jobs_.end(id);
    }
}

void TaskFlow::on_member_joined(TimePoint now, NodeId node, wire::Outbox& out) {
    const auto* member = members_.find(node);
    if (member == nullptr) return;
    if (leading() || node == leader_) out.to(member->session, wire::LedgerQuery{epoch_});
    reconcile_at_ = std::min(reconcile_at_, now + reconcile_every);
}

void TaskFlow::on_member_lost(TimePoint now, NodeId node, wire::Outbox& out) {
    ledger_.drop_holder(node);
    fetches_.drop_holder(node);
    note_lost();
    recovery_.excuse(node);
    std::vector<TaskId> undelivered;
    for (const auto& [id, task] : ledger_.open())
        if (task.worker == node && died_in_delivery(now, task)) undelivered.push_back(id);
    const auto orphaned = ledger_.drop_worker(node);
    if (role_ == Role::serving) {
        for (const TaskId& id : orphaned) reassign(now, id, {node, "lost"}, out);
        for (const TaskId& id : undelivered) redo(now, id, out);
    }
    if (recovery_.finished()) serve(now, out);
}

void TaskFlow::serve(TimePoint now, wire::Outbox& out) {
    recovery_.stop();
    role_ = Role::serving;
    reconcile_at_ = now + reconcile_every;
    events_.push_back(Serving{epoch_});
    std::vector<TaskId> open; // in task-id order
    for (const auto& [id, task] : ledger_.open()) open.push_back(id);
    for (const TaskId& id : open) {
        resume(now, id, out);
        if (ledger_.stage(id) < TaskStage::done) accept_if_safe(now, id, out);
    }
}

// --- time

void TaskFlow::on_deadline(TimePoint now, wire::Outbox& out) {
    recovery_.on_deadline(now, out);
    if (recovery_.asked_again()) // two questions are enough for those that were silent before
        for (const auto& member : members_.members())
            if (member.state == wire::MemberState::suspect) recovery_.excuse(member.node);
    if (recovery_.finished()) serve(now, out);
    for (const ObjectId& object : fetches_.overdue(now)) // somebody sends it: no reason to ask the next one
        if (transfers_.heard_within(now, object, tasks::FetchList::ask_again_after))
            fetches_.progress(now, object);
    for (const auto& ask : fetches_.due(now)) {
        const auto* holder = members_.find(ask.holder);
        if (holder != nullptr && !(transfers_.find(ask.object)))
            out.to(holder->session, wire::Fetch{ask.object});
    }
    note_lost();
    for (const TaskId& id : ledger_.expire(now, result_ttl_)) forget(id);
    if (role_ == Role::serving) dispatch_due(now, out);
    poll_holders(now, out);
    if (now >= jobs_.deadline()) report(now, out);
    if (now >= reconcile_at_) reconcile(now, out);
}

TimePoint TaskFlow::deadline() const {
    if (role_ == Role::serving && room_ && !queued_.empty()) return TimePoint::min();
    TimePoint next = std::min({recovery_.deadline(), fetches_.deadline(), reconcile_at_, jobs_.deadline(),
                               assignments_.deadline(), ledger_.next_expiry(result_ttl_)});
    for (const auto& [id, until] : gathering_) next = std::min(next, until);
    for (const auto& [id, poll] : polls_) next = std::min(next, poll.next);
    return next;
}

// --- small parts

const membership::Member* TaskFlow::leader() const {
    return leader_ && leader_ != self_ ? members_.find(leader_) : nullptr;
}

bool TaskFlow::healthy(NodeId node) const {
    const auto* member = members_.find(node);
    return member != nullptr && member->state == wire::MemberState::alive;
}

void TaskFlow::say(const SessionId& to, const TaskId& id, wire::Outbox& out) const {
    out.to(to, wire::TaskState{id, epoch_, self_, stage_of(id)});
}

TaskStage TaskFlow::stage_of(const TaskId& id) const {
    const TaskStage stage = ledger_.stage(id);
    if (stage != TaskStage::unknown) return stage;
    // Only who serves knows that nobody has it whole; a part of it here helps nobody.
    if (role_ == Role::serving && lost_.contains(id)) return TaskStage::lost;
    const bool comes = transfers_.receiving(upload_of(id)) || fetches_.wanted(upload_of(id));
    return comes ? TaskStage::receiving : TaskStage::unknown;
}

void TaskFlow::learn_of(TimePoint now, const TaskId& id, NodeId holder) {
    lost_.erase(id);
    fetches_.want(now, upload_of(id), holder);
}

void TaskFlow::note_lost() {
    for (const ObjectId& object : fetches_.take_lost()) lost_.insert(object.task);
}

void TaskFlow::forget(const TaskId& id) {
    if (const Task* task = ledger_.find(id)) events_.push_back(TaskAcknowledged{id, task->user});
    ledger_.acknowledge(id);
    unassign(id);
    unsent_.erase(id);
    jobs_.end(id);
    fetches_.arrived(upload_of(id));
    arriving_.erase(id);
    std::erase_if(sends_, [&](const auto& send) { return send.second.object.task == id; });
    transfers_.forget(result_of(id));
    transfers_.forget(upload_of(id));
    if (auto upload = transfers_.find(upload_of(id))) discarded_.push_back(std::move(*upload));
    transfers_.release(upload_of(id));
    drop_growing(id);
    interrupted_.erase(id);
    if (auto result = results_.extract(id)) discarded_.push_back(std::move(result.mapped()));
}

} // namespace cp::node
