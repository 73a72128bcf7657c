#include "node_core/task_flow.hpp"

#include <algorithm>

namespace cp::node {

using tasks::Admission;
using tasks::Task;
using wire::TaskStage;

namespace {

using namespace std::chrono_literals;

constexpr auto reconcile_every = 250ms;       // how soon a lost TaskState or TaskDone is noticed
constexpr std::size_t reconcile_at_most = 16; // tasks asked about per turn
constexpr std::size_t decliners_max = 8; // the lowest ids decline; a hundred nodes would drown the client

ObjectId upload_of(const TaskId& id) { return {id, ObjectKind::upload}; }
ObjectId result_of(const TaskId& id) { return {id, ObjectKind::result}; }

} // namespace

TaskFlow::TaskFlow(NodeId self, std::uint32_t segment_bytes, transfer::Transfers& transfers,
                   const membership::MemberTable& members)
    : self_{self}, segment_bytes_{segment_bytes}, transfers_{transfers}, members_{members} {}

// --- who leads

void TaskFlow::lead(TimePoint now, const Epoch& epoch, wire::Outbox& out) {
    const bool again = leading(); // outbid somebody: the ledger is ours already, but others may hold more
    leader_ = self_;
    epoch_ = epoch;
    if (again && role_ == Role::serving) return serve(now, out);
    role_ = Role::recovering;
    const auto alive = members_.alive();
    recovery_.begin(now, epoch, {alive.begin(), alive.end()}, out);
    if (recovery_.finished()) serve(now, out);
}

void TaskFlow::follow(TimePoint now, NodeId leader, const Epoch& epoch, wire::Outbox& out) {
    recovery_.stop();
    role_ = Role::following;
    leader_ = leader;
    epoch_ = epoch;
    reconcile_at_ = now + reconcile_every;
    // What was accepted before this node came (or while it was behind) is fetched from those who hold it.
    if (const auto* member = this->leader()) out.to(member->session, wire::LedgerQuery{epoch});
}

void TaskFlow::no_leader() {
    recovery_.stop();
    role_ = Role::leaderless;
    leader_ = {};
}

void TaskFlow::on_member_joined(TimePoint now, NodeId node, wire::Outbox& out) {
    const auto* member = members_.find(node);
    if (member == nullptr) return;
    if (leading() || node == leader_) out.to(member->session, wire::LedgerQuery{epoch_});
    reconcile_at_ = std::min(reconcile_at_, now + reconcile_every);
}

void TaskFlow::on_member_lost(NodeId node) {
    ledger_.drop_holder(node);
    fetches_.drop_holder(node);
    recovery_.on_member_lost(node);
}

void TaskFlow::serve(TimePoint now, wire::Outbox& out) {
    recovery_.stop();
    role_ = Role::serving;
    reconcile_at_ = now + reconcile_every;
    events_.push_back(Serving{epoch_});
    std::vector<TaskId> replay; // in task-id order
    for (const auto& [id, task] : ledger_.open())
        if (task.stage == TaskStage::held) replay.push_back(id);
    for (const TaskId& id : replay) {
        run(id);
        accept_if_safe(id, out);
    }
}

// --- objects

void TaskFlow::on_setup(TimePoint now, const SessionId& from, const wire::Setup& setup, wire::Outbox& out) {
    // Nodes receive uploads only, and one that is settled and forgotten is not work again.
    if (setup.object.kind != ObjectKind::upload)
        return transfers_.answer_setup(now, from, setup, wire::ReceiverState::refused, out);
    if (ledger_.finished(setup.object.task))
        return transfers_.answer_setup(now, from, setup, wire::ReceiverState::complete, out);
    fetches_.progress(now, setup.object);
    transfers_.on_setup(now, from, setup, out);
    if (!transfers_.receiving(setup.object)) return;
    reconcile_at_ = std::min(reconcile_at_, now + reconcile_every);
    // Declining now, not when the upload is whole, so that the client hears it before the leader's answer.
    const bool first = arriving_.insert(setup.object.task).second;
    if (first && role_ == Role::following && members_.find(from) == nullptr)
        decline(setup.object.task, from, out);
}

void TaskFlow::on_object_complete(TimePoint now, const ObjectId& object, wire::Outbox& out) {
    fetches_.arrived(object);
    arriving_.erase(object.task);
    const auto payload = transfers_.find(object);
    if (!payload || object.kind != ObjectKind::upload) return;
    const auto upload = wire::read_upload(*payload);
    if (!upload || upload->header.task != object.task) return transfers_.release(object);

    switch (ledger_.admit(self_, upload->header, wire::stated_digest(payload->view()))) {
    case Admission::fresh: break;
    case Admission::known: return;
    case Admission::finished:
    case Admission::conflict:
    case Admission::full: return transfers_.release(object);
    }
    ever_held_task_ = true;
    reconcile_at_ = std::min(reconcile_at_, now + reconcile_every);
    if (role_ == Role::serving) {
        run(object.task);
        accept_if_safe(object.task, out);
    } else if (role_ == Role::following) {
        if (const auto* member = leader()) say(member->session, object.task, out);
    }
}

void TaskFlow::on_send_finished(const transfer::SendFinished& finished) {
    sends_.erase(finished.transfer);
    // Whoever still misses something asks again: nothing lingers beyond the last send of an object.
    if (!std::ranges::any_of(sends_, [&](const auto& send) { return send.second.object == finished.object; }))
        transfers_.forget(finished.object);
}

void TaskFlow::on_fetch(TimePoint now, const SessionId& from, const wire::Fetch& fetch, wire::Outbox& out) {
    const auto payload = transfers_.find(fetch.object);
    if (!payload) return say(from, fetch.object.task, out);
    send(now, fetch.object, *payload, from, transfers_.segment_bytes(fetch.object), true, out);
}

// To one peer by unicast; not again while it is under way.
void TaskFlow::send(TimePoint now, const ObjectId& object, const Payload& bytes, const SessionId& to,
                    std::uint32_t segment_bytes, bool repairs_only, wire::Outbox& out) {
    if (sending(object, to)) return;
    transfer::SendSpec spec;
    spec.object = object;
    spec.bytes = bytes;
    spec.segment_bytes = segment_bytes;
    spec.unicast_to = to;
    spec.repairs_only = repairs_only;
    if (repairs_only) spec.work_bytes = bytes.size(); // the other node must be able to hold its result, too
    sends_[transfers_.send(now, std::move(spec), out)] = {object, to};
}

bool TaskFlow::sending(const ObjectId& object, const SessionId& to) const {
    return std::ranges::any_of(
        sends_, [&](const auto& send) { return send.second.object == object && send.second.to == to; });
}

// --- work

void TaskFlow::run(const TaskId& id) {
    const Task* task = ledger_.find(id);
    const auto upload = transfers_.find(upload_of(id));
    if (task == nullptr || !upload || task->stage != TaskStage::held) return;
    ledger_.start(id);
    events_.push_back(RunTask{id, task->user, task->client, *upload});
}

void TaskFlow::on_work_done(TimePoint now, const TaskId& id, const Outcome<Payload>& result,
                            wire::Outbox& out) {
    const Task* task = ledger_.find(id);
    if (task == nullptr || task->stage == TaskStage::done || task->stage == TaskStage::failed)
        return; // acknowledged, expired, or another node's answer came first
    if (!result) {
        ledger_.fail(now, id, result.error().code,
                     result.error().line.substr(0, limits::text_max)); // it travels
        events_.push_back(TaskFailed{id, task->user, task->failure, task->reason});
        const wire::TaskFailed failed{id, epoch_, static_cast<std::uint16_t>(task->failure), task->reason};
        out.to(task->client, failed);
        out.to_group(failed);
        return;
    }
    const Digest digest = wire::stated_digest(result->view());
    ledger_.done(now, id, digest);
    results_[id] = *result;
    events_.push_back(TaskDone{id, task->user, self_});
    deliver(now, *task, out);
    out.to_group(wire::TaskDone{id, epoch_, digest});
}

void TaskFlow::deliver(TimePoint now, const Task& task, wire::Outbox& out) {
    if (const auto result = results_.find(task.id); result != results_.end())
        send(now, result_of(task.id), result->second, task.client, segment_bytes_, false, out);
}

// The client may leave once two live nodes hold its upload; a node that is alone says so at once.
void TaskFlow::accept_if_safe(const TaskId& id, wire::Outbox& out) {
    const Task* task = ledger_.find(id);
    if (task == nullptr || task->accepted || role_ != Role::serving) return;
    if (task->holders.size() < 2 && members_.count_alive() > 0) return;
    ledger_.mark_accepted(id);
    const auto replicas = static_cast<unsigned>(task->holders.size());
    events_.push_back(TaskAccepted{id, task->user, replicas});
    out.to(task->client, wire::TaskAccepted{id, epoch_, static_cast<std::uint8_t>(std::min(replicas, 255U))});
}

void TaskFlow::decline(const TaskId& id, const SessionId& client, wire::Outbox& out) const {
    const auto alive = members_.alive();
    const auto lower = std::ranges::count_if(alive, [&](NodeId node) { return node < self_; });
    if (static_cast<std::size_t>(lower) < decliners_max) out.to(client, wire::TaskDeclined{id, self_});
}

// --- time

void TaskFlow::on_deadline(TimePoint now, wire::Outbox& out) {
    recovery_.on_deadline(now, out);
    if (recovery_.finished()) serve(now, out);
    for (const auto& ask : fetches_.due(now)) {
        const auto* holder = members_.find(ask.holder);
        if (holder != nullptr && !(transfers_.find(ask.object)))
            out.to(holder->session, wire::Fetch{ask.object});
    }
    for (const TaskId& id : ledger_.expire(now, limits::payload_kept_after_done)) forget(id);
    if (now >= reconcile_at_) reconcile(now, out);
}

TimePoint TaskFlow::deadline() const {
    return std::min({recovery_.deadline(), fetches_.deadline(), reconcile_at_,
                     ledger_.next_expiry(limits::payload_kept_after_done)});
}

// Anti-entropy: a datagram that got lost (TaskState, TaskDone, TaskAck) is made good within a quarter second.
// Goes round the ledger, a few tasks a turn.
void TaskFlow::reconcile(TimePoint now, wire::Outbox& out) {
    const auto& open = ledger_.open();
    // An upload that stands still may be finished elsewhere: the leader knows.
    std::erase_if(arriving_, [&](const TaskId& id) { return !transfers_.receiving(upload_of(id)); });
    if (const auto* member = leader())
        for (const TaskId& id : arriving_) say(member->session, id, out);
    reconcile_at_ = open.empty() && arriving_.empty() ? never : now + reconcile_every;
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
    if (role_ == Role::following) {
        if (const auto* member = leader())
            say(member->session, task.id, out); // it answers when it knows better
    } else if (role_ == Role::serving) {
        const bool settled = task.stage == TaskStage::done || task.stage == TaskStage::failed;
        if (settled)
            say(task.client, task.id, out); // a client that has its answer acknowledges once more
        else if (!task.accepted)
            out.to_group(wire::TaskQuery{task.id}); // who else holds it?
    }
}

// --- small parts

const membership::Member* TaskFlow::leader() const {
    return leader_ && leader_ != self_ ? members_.find(leader_) : nullptr;
}

void TaskFlow::say(const SessionId& to, const TaskId& id, wire::Outbox& out) const {
    out.to(to, wire::TaskState{id, epoch_, self_, stage_of(id)});
}

TaskStage TaskFlow::stage_of(const TaskId& id) const {
    const TaskStage stage = ledger_.stage(id);
    if (stage == TaskStage::unknown &&
        (transfers_.receiving(upload_of(id)) || fetches_.wanted(upload_of(id))))
        return TaskStage::receiving;
    return stage;
}

void TaskFlow::learn_of(TimePoint now, const TaskId& id, NodeId holder) {
    fetches_.want(now, upload_of(id), holder);
}

void TaskFlow::forget(const TaskId& id) {
    if (const Task* task = ledger_.find(id)) events_.push_back(TaskAcknowledged{id, task->user});
    ledger_.acknowledge(id);
    fetches_.arrived(upload_of(id));
    arriving_.erase(id);
    std::erase_if(sends_, [&](const auto& send) { return send.second.object.task == id; });
    transfers_.forget(result_of(id));
    transfers_.forget(upload_of(id));
    if (auto upload = transfers_.find(upload_of(id))) discarded_.push_back(std::move(*upload));
    transfers_.release(upload_of(id));
    if (auto result = results_.extract(id)) discarded_.push_back(std::move(result.mapped()));
}

} // namespace cp::node
