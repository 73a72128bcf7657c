#include "client_core/client_core.hpp"

#include "base/overloaded.hpp"
#include "base/result.hpp"
#include "wire/objects.hpp"

#include <algorithm>

namespace cp::client {
namespace {

using namespace std::chrono_literals;

constexpr auto discover_first_gap =
    30ms; // doubling: a lost question costs little, a missing cluster makes no noise
constexpr auto discover_last_gap = 1000ms;
constexpr auto proofs_take_at_most = 150ms; // then whoever is proven is whom we send to

transfer::TransfersConfig transfers_of(const ClientConfig& config) {
    transfer::TransfersConfig transfers;
    transfers.receive_capacity = config.receive_capacity;
    // The file within an answer goes from where it was received to the disk.
    constexpr std::size_t page = 4096;
    transfers.lead = page - wire::object_prefix(wire::ResultHeader{}, true).size() % page;
    transfers.max_rate = config.max_rate;
    return transfers;
}

} // namespace

ClientCore::ClientCore(const ClientConfig& config, TimePoint now)
    : config_{config}, sessions_{config.identity}, budget_{config.memory_budget}, detector_{{}, {}},
      transfers_{transfers_of(config), budget_, now} {
    sessions_.introduce(introduction(), now);
}

wire::Introduction ClientCore::introduction() const {
    return {wire::Role::client, NodeId{}, 0, 0, config_.version, {}};
}

void ClientCore::start(TimePoint now, wire::Outbox& out) { discover(now, out); }

void ClientCore::discover(TimePoint now, wire::Outbox& out) {
    list_known_ = false;
    expected_.clear();
    leader_known_since_ = leader_.node ? now : never;
    ask_again_soon(now);
    out.to_group(wire::Discover{introduction()});
}

void ClientCore::ask_again_soon(TimePoint now) {
    discover_gap_ = discover_first_gap;
    discover_at_ = now + discover_gap_;
}

void ClientCore::on_datagram(TimePoint now, std::span<std::byte> datagram, const Endpoint& from,
                             wire::Outbox& out) {
    (void)detector_.wake(now); // nobody is lost for our own absence
    auto opened = sessions_.open(now, datagram, from, out);
    if (!opened) {
        ++refused_[code_of(opened.error())];
        return;
    }
    on_opened(now, *opened, out);
    settle(now, out);
}

void ClientCore::on_opened(TimePoint now, wire::Opened& opened, wire::Outbox& out) {
    const SessionId& from = opened.from;
    if (opened.outdated()) return;
    const bool alive = !opened.left && !std::holds_alternative<wire::Leave>(opened.message);
    if (const auto* member = members_.find(from); member != nullptr && alive)
        detector_.heard(now, member->node, from);
    if (const auto* proof = std::get_if<wire::Proof>(&opened.message))
        return on_introduction(now, from, proof->who, out);

    if (alive) on_change(now, members_.on_heard(now, from), out);
    if (const auto* announce = std::get_if<wire::Announce>(&opened.message))
        return on_introduction(now, from, announce->who, out);
    const auto* member = members_.find(from);
    if (member ==
        nullptr) { // another client, or a node that was silent for so long that it is forgotten here
        if (std::holds_alternative<wire::Heartbeat>(opened.message))
            out.to(from, wire::Discover{introduction()});
        return;
    }
    const NodeId node = member->node;
    std::visit(Overloaded{
                   [&](const wire::Heartbeat& m) {
                       on_change(now, members_.on_heartbeat(now, from, m), out);
                       if (m.leading)
                           follow(now, node, m.epoch, m.serving, out);
                       else if (node == leader_.node)
                           lose_leader(now, false); // it stepped down, or is in a new life
                   },
                   [&](const wire::Coordinator& m) { follow(now, node, m.epoch, false, out); },
                   [&](const wire::Members& m) {
                       if (m.leader != node || m.epoch < leader_.epoch)
                           return; // only the leader's list counts
                       if (node != leader_.node || m.epoch != leader_.epoch)
                           follow(now, node, m.epoch, true, out); // where multicast does not come through
                       on_list(now, m, out);
                   },
                   [&](const wire::Leave&) { on_lost(now, node, true, out); },
                   [&](const wire::Probe& m) { out.to(from, wire::ProbeAck{m.token}); },
                   [&](const wire::Setup& m) { on_setup(now, from, m, out); },
                   [&](const wire::Data& m) { transfers_.on_data(now, from, opened.number, m, out); },
                   [&](const wire::Parity& m) { transfers_.on_parity(now, from, opened.number, m, out); },
                   [&](const wire::Poll& m) { transfers_.on_poll(now, from, opened.number, m, out); },
                   [&](const wire::Report& m) { transfers_.on_report(now, from, m, out); },
                   [&](const wire::Abandon& m) { transfers_.on_abandon(now, from, m, out); },
                   [&](const wire::TaskAccepted& m) {
                       auto* task = pending(m.task);
                       if (task == nullptr || m.epoch < leader_.epoch) return;
                       task->ask_later(now);
                       if (!std::exchange(task->accepted, true))
                           events_.push_back(Accepted{m.task, m.epoch, m.replicas});
                   },
                   [&](const wire::TaskDeclined& m) {
                       auto* task = pending(m.task);
                       if (task == nullptr || m.node != node) return;
                       task->ask_later(now); // it declines the work, not the upload
                       if (task->declined.insert(node).second) events_.push_back(Declined{m.task, node});
                   },
                   [&](const wire::TaskFailed& m) {
                       if (m.epoch >= leader_.epoch)
                           fail(now, m.task, static_cast<errc>(m.code), m.reason, out);
                   },
                   [&](const wire::TaskState& m) { on_task_state(now, from, m, out); },
                   [](const auto&) {}, // between nodes
               },
               opened.message);
}

// The leader's list: whom to expect, and whom not to wait for.
void ClientCore::on_list(TimePoint now, const wire::Members& list, wire::Outbox& out) {
    list_known_ = true;
    for (const auto& entry : list.entries) {
        const auto* member = members_.find(entry.session);
        if (entry.state == wire::MemberState::alive && member == nullptr &&
            expected_.size() < limits::sessions_max) // more than that cannot prove themselves
            expected_.insert(entry.session);
        if (entry.state == wire::MemberState::gone && member != nullptr)
            on_lost(now, member->node, false, out); // an upload under way need not find out by itself
    }
}

void ClientCore::on_introduction(TimePoint now, const SessionId& from, const wire::Introduction& who,
                                 wire::Outbox& out) {
    expected_.erase(from);
    on_change(now, members_.on_introduction(now, from, who), out);
}

void ClientCore::on_deadline(TimePoint now, wire::Outbox& out) {
    (void)detector_.wake(now);
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
            out.to_group(wire::Discover{introduction()});
        }
    }
    for (auto& [id, task] : pending_) {
        if (!task.open() || now < task.ask_at) continue;
        const bool round = task.asked(now);
        if (!leader_.serving) continue; // nobody to ask
        if (task.state == PendingTask::State::sent && task.nobody_holds()) {
            begin(now, task, true, out);
        } else {
            if (task.state == PendingTask::State::sent && round) ++task.silent_rounds;
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

bool ClientCore::settled(TimePoint now) const {
    if (!leader_.node) return false;
    return (list_known_ && expected_.empty()) || now - leader_known_since_ >= proofs_take_at_most;
}

} // namespace cp::client
