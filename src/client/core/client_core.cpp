#include "client_core/client_core.hpp"

#include <algorithm>

namespace cp::client {
namespace {

using namespace std::chrono_literals;

constexpr auto discover_first_gap = 30ms;  // doubling: a lost question costs little, a missing cluster makes no noise
constexpr auto discover_last_gap = 1000ms;
constexpr auto proofs_take_at_most = 150ms; // then whoever is proven is whom we send to

template <class... Fs> struct Overloaded : Fs... { using Fs::operator()...; };

ObjectId upload_object(const TaskId& id) { return {id, ObjectKind::upload}; }
ObjectId result_object(const TaskId& id) { return {id, ObjectKind::result}; }

wire::Introduction introduction_of(const ClientConfig& config) {
    return {wire::Role::client, NodeId{}, 0, 0, config.version, {}};
}

transfer::TransfersConfig transfers_of(const ClientConfig& config) {
    transfer::TransfersConfig transfers;
    transfers.receive_capacity = config.receive_capacity;
    transfers.object_max = config.image_max + limits::object_overhead_max;
    return transfers;
}

} // namespace

ClientCore::ClientCore(const ClientConfig& config, TimePoint now)
    : config_{config}, sessions_{config.identity}, budget_{config.memory_budget}, detector_{{}},
      transfers_{transfers_of(config), budget_, now} {
    sessions_.introduce(introduction_of(config), now);
}

void ClientCore::start(TimePoint now, wire::Outbox& out) { discover(now, out); }

void ClientCore::discover(TimePoint now, wire::Outbox& out) {
    list_known_ = false;
    expected_.clear();
    leader_known_since_ = leader_.node ? now : never;
    discover_gap_ = discover_first_gap;
    discover_at_ = now + discover_gap_;
    out.to_group(wire::Discover{introduction_of(config_)});
}

void ClientCore::on_datagram(TimePoint now, std::span<std::byte> datagram, const Endpoint& from, wire::Outbox& out) {
    auto opened = sessions_.open(now, datagram, from, out);
    if (!opened) {
        ++refused_[static_cast<errc>(opened.error().value())];
        return;
    }
    on_opened(now, *opened, out);
    settle(now, out);
}

void ClientCore::on_opened(TimePoint now, wire::Opened& opened, wire::Outbox& out) {
    const SessionId& from = opened.from;
    if (const auto* member = members_.find(from)) detector_.heard(now, member->node, from);
    if (const auto* proof = std::get_if<wire::Proof>(&opened.message)) return on_introduction(now, from, proof->who);

    if (!std::holds_alternative<wire::Leave>(opened.message)) on_change(now, members_.on_heard(now, from));
    if (const auto* announce = std::get_if<wire::Announce>(&opened.message)) return on_introduction(now, from, announce->who);
    const auto* member = members_.find(from);
    if (member == nullptr) { // another client, or a node that was silent for so long that it is forgotten here
        if (std::holds_alternative<wire::Heartbeat>(opened.message)) out.to(from, wire::Discover{introduction_of(config_)});
        return;
    }
    const NodeId node = member->node;
    std::visit(Overloaded{
                   [&](const wire::Heartbeat& m) {
                       on_change(now, members_.on_heartbeat(now, from, m));
                       if (m.leading) follow(now, node, m.epoch, m.serving);
                       else if (node == leader_.node) lose_leader(false); // it stepped down, or is in a new life
                   },
                   [&](const wire::Coordinator& m) { follow(now, node, m.epoch, false); },
                   [&](const wire::Members& m) {
                       if (m.leader != node || m.epoch < leader_.epoch) return; // only the leader's list counts
                       list_known_ = true;
                       for (const auto& entry : m.entries)
                           if (entry.state == wire::MemberState::alive && members_.find(entry.session) == nullptr)
                               expected_.insert(entry.session);
                   },
                   [&](const wire::Leave&) { on_lost(now, node, true, out); },
                   [&](const wire::Probe& m) { out.to(from, wire::ProbeAck{m.token}); },
                   [&](const wire::Setup& m) { on_setup(now, from, m, out); },
                   [&](const wire::Data& m) { transfers_.on_data(now, from, opened.number, m, out); },
                   [&](const wire::Poll& m) { transfers_.on_poll(now, from, opened.number, m, out); },
                   [&](const wire::Report& m) { transfers_.on_report(now, from, m, out); },
                   [&](const wire::Abandon& m) { transfers_.on_abandon(now, from, m, out); },
                   [&](const wire::TaskAccepted& m) {
                       auto* task = pending(m.task);
                       if (task == nullptr || m.epoch < leader_.epoch) return;
                       task->somebody_holds(now);
                       if (!std::exchange(task->accepted, true))
                           events_.push_back(Accepted{m.task, m.epoch, m.replicas});
                   },
                   [&](const wire::TaskDeclined& m) {
                       auto* task = pending(m.task);
                       if (task == nullptr || m.node != node) return;
                       task->somebody_holds(now); // it declines the work, not the upload
                       if (task->declined.insert(node).second) events_.push_back(Declined{m.task, node});
                   },
                   [&](const wire::TaskFailed& m) {
                       if (m.epoch >= leader_.epoch) fail(now, m.task, static_cast<errc>(m.code), m.reason, out);
                   },
                   [&](const wire::TaskState& m) { on_task_state(now, m, out); },
                   [](const auto&) {}, // between nodes
               },
               opened.message);
}

void ClientCore::on_introduction(TimePoint now, const SessionId& from, const wire::Introduction& who) {
    expected_.erase(from);
    on_change(now, members_.on_introduction(now, from, who));
}

void ClientCore::on_change(TimePoint now, const membership::Change& change) {
    using membership::ChangeKind;
    if (change.kind != ChangeKind::joined && change.kind != ChangeKind::rejoined) return;
    detector_.watch(now, change.node, members_.find(change.node)->session, false);
}

void ClientCore::on_setup(TimePoint now, const SessionId& from, const wire::Setup& setup, wire::Outbox& out) {
    const auto* task = pending(setup.object.task);
    if (setup.object.kind != ObjectKind::result)
        return transfers_.answer_setup(now, from, setup, wire::ReceiverState::refused, out);
    if (task == nullptr || task->state == PendingTask::State::answered) {
        // A second answer, from a leader that did not know of the first: it is over.
        transfers_.answer_setup(now, from, setup, wire::ReceiverState::complete, out);
        if (task == nullptr) out.to_group(wire::TaskAck{setup.object.task});
        return;
    }
    transfers_.on_setup(now, from, setup, out);
}

void ClientCore::on_task_state(TimePoint now, const wire::TaskState& state, wire::Outbox& out) {
    auto* task = pending(state.task);
    if (task == nullptr) { // our acknowledgement got lost
        if (state.stage != wire::TaskStage::finished) out.to_group(wire::TaskAck{state.task});
        return;
    }
    if (!task->open()) return;
    if (state.stage == wire::TaskStage::finished)
        return fail(now, state.task, errc::lost, "the answer was not fetched in time and is gone: send again", out);
    // A part of it counts only while we are sending: later nobody would complete it.
    const bool whole = state.stage >= wire::TaskStage::held;
    if (whole || (state.stage == wire::TaskStage::receiving && task->state == PendingTask::State::sending))
        task->somebody_holds(now);
}

void ClientCore::on_lost(TimePoint now, NodeId node, bool left, wire::Outbox& out) {
    const auto* member = members_.find(node);
    if (member == nullptr || member->state == wire::MemberState::gone) return;
    detector_.forget(node);
    expected_.erase(member->session);
    transfers_.on_receiver_gone(now, member->session, out);
    members_.mark(node, wire::MemberState::gone);
    if (node == leader_.node) lose_leader(left);
}

void ClientCore::follow(TimePoint now, NodeId node, const Epoch& epoch, bool serving) {
    if (epoch.leader != node) return;
    // Fenced while we follow somebody. With nobody to follow, a lower epoch is better than none: those who knew
    // the higher one may be gone, and answers are deterministic whoever gives them.
    if (leader_.node && epoch < leader_.epoch) return;
    const bool changed = node != leader_.node || epoch != leader_.epoch;
    const bool serving_now = serving && !(leader_.serving && !changed);
    const NodeId before = leader_.node ? leader_.node : last_leader_;
    leader_ = {node, epoch, serving};
    if (changed) {
        leader_known_since_ = now;
        list_known_ = list_known_ && before == node;
        events_.push_back(LeaderChanged{node, epoch});
        for (auto& [id, task] : pending_) {
            if (!task.open()) continue;
            transfers_.set_essential(upload_object(id), node);
            if (before && before != node) events_.push_back(TookOver{id, before, node, task.sends, last_left_});
        }
        last_leader_ = node;
        last_left_ = false;
    }
    if (serving_now) // a new leader knows its tasks now: ask at once instead of waiting for our turn
        for (auto& [id, task] : pending_)
            if (task.open()) task.ask_at = now;
}

void ClientCore::lose_leader(bool left) {
    last_leader_ = leader_.node;
    last_left_ = left;
    leader_.node = {};
    leader_.serving = false;
    leader_known_since_ = never;
    events_.push_back(LeaderChanged{{}, leader_.epoch});
}

void ClientCore::on_deadline(TimePoint now, wire::Outbox& out) {
    for (const auto& event : detector_.on_deadline(now, out))
        if (const auto* lost = std::get_if<membership::Lost>(&event)) on_lost(now, lost->node, false, out);
    transfers_.on_deadline(now, out);
    members_.expire(now);
    if (now >= discover_at_) {
        if (settled(now)) {
            discover_at_ = never;
        } else {
            discover_gap_ = std::min<Duration>(2 * discover_gap_, discover_last_gap);
            discover_at_ = now + discover_gap_;
            out.to_group(wire::Discover{introduction_of(config_)});
        }
    }
    for (auto& [id, task] : pending_) {
        if (!task.open() || now < task.ask_at) continue;
        task.ask_at = now + PendingTask::ask_every;
        if (!leader_.serving) continue; // nobody to ask
        if (task.state == PendingTask::State::sent && task.nobody_holds()) {
            begin(now, task, true, out);
        } else {
            if (task.state == PendingTask::State::sent) ++task.silent_rounds;
            out.to_group(wire::TaskQuery{id});
        }
    }
    settle(now, out);
}

TimePoint ClientCore::deadline() const {
    TimePoint next = std::min({detector_.deadline(), transfers_.deadline(), discover_at_});
    for (const auto& [id, task] : pending_) {
        if (task.open()) next = std::min(next, task.ask_at);
        if (task.state == PendingTask::State::waiting && leader_known_since_ != never)
            next = std::min(next, leader_known_since_ + proofs_take_at_most);
    }
    return next;
}

std::size_t ClientCore::pull(TimePoint now, std::size_t max_datagrams, wire::Outbox& out) {
    return transfers_.pull(now, max_datagrams, out);
}

void ClientCore::submit(TimePoint now, const TaskId& id, Payload upload, wire::Outbox& out) {
    PendingTask task;
    task.id = id;
    task.upload = std::move(upload);
    pending_.insert_or_assign(id, std::move(task));
    if (!leader_.node && discover_at_ == never) discover(now, out);
    settle(now, out);
}

void ClientCore::begin(TimePoint now, PendingTask& task, bool again, wire::Outbox& out) {
    transfers_.forget(upload_object(task.id));
    transfer::SendSpec spec;
    spec.object = upload_object(task.id);
    spec.bytes = task.upload;
    spec.segment_bytes = config_.segment_bytes;
    spec.work_bytes = task.upload.size(); // the result is about as large
    spec.repairs_only = again;
    spec.essential = leader_.node;
    for (NodeId node : members_.alive())
        if (const auto* member = members_.find(node)) spec.receivers.push_back({node, member->session});
    task.state = PendingTask::State::sending;
    task.silent_rounds = 0;
    task.ask_at = now + PendingTask::ask_every;
    ++task.sends;
    if (!again) events_.push_back(Broadcasting{task.id, spec.receivers.size()});
    transfers_.send(now, std::move(spec), out);
}

void ClientCore::acknowledge(TimePoint, const TaskId& id, wire::Outbox& out) {
    if (pending_.erase(id) == 0) return;
    transfers_.forget(upload_object(id));
    transfers_.release(result_object(id));
    // Twice, because a one-shot client is gone before it could hear that the first was lost.
    out.to_group(wire::TaskAck{id});
    out.to_group(wire::TaskAck{id});
}

void ClientCore::cancel(TimePoint now, const TaskId& id, wire::Outbox& out) {
    const auto found = pending_.find(id);
    if (found == pending_.end()) return;
    if (found->second.open()) transfers_.abandon(now, upload_object(id), out);
    acknowledge(now, id, out);
}

void ClientCore::leave(TimePoint now, wire::Outbox& out) {
    while (!pending_.empty()) cancel(now, pending_.begin()->first, out);
    out.to_group(wire::Leave{});
}

void ClientCore::fail(TimePoint now, const TaskId& id, errc code, std::string reason, wire::Outbox& out) {
    const auto* task = pending(id);
    if (task == nullptr || task->state == PendingTask::State::answered) return;
    events_.push_back(Failed{id, code, std::move(reason), task->sends});
    cancel(now, id, out);
}

bool ClientCore::settled(TimePoint now) const {
    if (!leader_.node) return false;
    return (list_known_ && expected_.empty()) || now - leader_known_since_ >= proofs_take_at_most;
}

void ClientCore::settle(TimePoint now, wire::Outbox& out) {
    for (auto& [id, task] : pending_)
        if (task.state == PendingTask::State::waiting && settled(now)) begin(now, task, false, out);

    for (const auto& event : transfers_.take_events()) {
        if (const auto* progress = std::get_if<transfer::SendProgress>(&event)) {
            if (auto* task = pending(progress->object.task)) {
                task->somebody_holds(now);
                events_.push_back(Progress{task->id, progress->bytes, progress->total});
            }
        } else if (const auto* finished = std::get_if<transfer::SendFinished>(&event)) {
            auto* task = pending(finished->object.task);
            if (task != nullptr && task->state == PendingTask::State::sending) task->state = PendingTask::State::sent;
        } else if (const auto* complete = std::get_if<transfer::ObjectComplete>(&event)) {
            auto* task = pending(complete->object.task);
            const auto payload = transfers_.find(complete->object);
            if (task == nullptr || !payload) continue;
            const auto* member = members_.find(complete->from);
            task->state = PendingTask::State::answered;
            transfers_.forget(upload_object(task->id));
            events_.push_back(Answered{task->id, member != nullptr ? member->node : NodeId{}, leader_.epoch, *payload, task->sends});
        }
    }
}

PendingTask* ClientCore::pending(const TaskId& id) {
    const auto found = pending_.find(id);
    return found == pending_.end() ? nullptr : &found->second;
}

} // namespace cp::client
