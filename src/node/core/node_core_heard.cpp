// NodeCore, what others say: each message to the part that it concerns, and who is there.
#include "base/overloaded.hpp"
#include "node_core/node_core.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace cp::node {

void NodeCore::on_opened(TimePoint now, wire::Opened& opened, wire::Outbox& out) {
    const SessionId& from = opened.from;
    if (opened.outdated()) return;
    // Any datagram but a goodbye is a sign of life, also of a member that counted as gone.
    const bool alive = !opened.left && !std::holds_alternative<wire::Leave>(opened.message);
    if (alive) on_change(now, members_.on_heard(now, from), out);
    const auto* member = members_.find(from);
    const NodeId node = member != nullptr ? member->node : NodeId{};
    if (node && alive) detector_.heard(now, node, from);

    // What only nodes may say is ignored from clients: they are no members (node is 0).
    std::visit(Overloaded{
                   [&](const wire::Announce& m) { on_introduction(now, from, m.who, false, out); },
                   [&](const wire::Proof& m) { on_introduction(now, from, m.who, opened.newly_proven, out); },
                   [&](const wire::Discover& m) {
                       on_introduction(now, from, m.who, false, out);
                       out.to(from, wire::Announce{introduction()});
                       tell_members(from, out);
                   },
                   [](const wire::Challenge&) {}, // answered by the session table
                   [&](const wire::Heartbeat& m) {
                       on_heartbeat(now, from, m, out);
                       grant(now, from, node, m.epoch, opened.number, out);
                   },
                   [](const wire::Members&) {}, // nodes believe what they hear themselves
                   [&](const wire::Leave&) {
                       if (!node) return transfers_.on_receiver_gone(now, from, out);
                       quorum_.release(node);
                       on_lost(now, node, true, out);
                   },
                   [&](const wire::Probe& m) { out.to(from, wire::ProbeAck{m.token}); },
                   [](const wire::ProbeAck&) {}, // heard: that is all
                   [&](const wire::HeardFrom& m) {
                       if (node && m.session == config_.identity.session)
                           beat_soon(now);
                       else if (node)
                           detector_.on_heard_from(now, m, out);
                   },
                   [&](const wire::Heard& m) {
                       if (node) detector_.on_heard(now, m);
                   },
                   [&](wire::Presence& m) {
                       if (!node || presence_.size() + m.entries.size() > limits::presence_untaken_max)
                           return;
                       std::ranges::move(m.entries, std::back_inserter(presence_));
                   },
                   [&](const wire::LoadParts& m) { members_.on_load_parts(from, m); },
                   [&](const wire::Grant& m) {
                       if (!node) return;
                       quorum_.on_grant(node, m);
                       tasks_.set_lease(now, quorum_.holds(now), out);
                   },
                   [&](const wire::Election& m) {
                       if (node) bully_.on_election(now, node, m, out);
                   },
                   [&](const wire::Answer& m) {
                       if (node) bully_.on_answer(now, node, m, out);
                   },
                   [&](const wire::Coordinator& m) {
                       if (!node) return;
                       bully_.on_coordinator(now, node, m, out);
                       grant(now, from, node, m.epoch, opened.number, out);
                   },
                   [&](const wire::HandOver& m) {
                       if (!node) return;
                       quorum_.on_hand_over(node, opened.number);
                       bully_.on_hand_over(now, node, m, out);
                   },
                   [&](const wire::Setup& m) {
                       if (m.object.kind == ObjectKind::stored)
                           replication_.on_setup(now, from, m, out);
                       else
                           tasks_.on_setup(now, from, m, out);
                   },
                   [&](const wire::Data& m) { transfers_.on_data(now, from, opened.number, m, out); },
                   [&](const wire::Parity& m) { transfers_.on_parity(now, from, opened.number, m, out); },
                   [&](const wire::Poll& m) { transfers_.on_poll(now, from, opened.number, m, out); },
                   [&](const wire::Report& m) { transfers_.on_report(now, from, m, out); },
                   [&](const wire::Fetch& m) {
                       if (node) tasks_.on_fetch(now, from, m, out);
                   },
                   [&](const wire::Abandon& m) { transfers_.on_abandon(now, from, m, out); },
                   [](const wire::TaskAccepted&) {},
                   [](const wire::TaskDeclined&) {},
                   [&]<class M>(const M& m) { tasks_.on_message(now, from, m, out); },
               },
               opened.message);
}

void NodeCore::on_introduction(TimePoint now, const SessionId& from, const wire::Introduction& who,
                               bool newly_proven, wire::Outbox& out) {
    if (who.role == wire::Role::client) {
        if (newly_proven) tell_members(from, out);
        return;
    }
    if (who.node == config_.id) {
        const membership::Instance we{config_.identity.session, now - started_};
        const membership::Instance other{from, membership::uptime_of(who)};
        events_.push_back(DuplicateId{who.node, membership::younger(we, other) == we.session});
        return;
    }
    on_change(now, members_.on_introduction(now, from, who), out);
}

void NodeCore::on_change(TimePoint now, const membership::Change& change, wire::Outbox& out) {
    using membership::ChangeKind;
    if (change.kind != ChangeKind::joined && change.kind != ChangeKind::rejoined) return;
    const NodeId node = change.node;
    if (change.kind == ChangeKind::rejoined) { // whatever its old life did has ended
        detector_.forget(node);
        transfers_.on_receiver_gone(now, change.replaced, out);
        tasks_.on_member_lost(now, node, out);
        bully_.on_member_lost(now, node, out);
    }
    events_.push_back(MemberJoined{node});
    const auto leader = bully_.leader();
    detector_.watch(now, node, members_.find(node)->session, leader && leader->node == node);
    bully_.on_member_alive(now, node, out);
    tasks_.on_member_joined(now, node, out);
}

void NodeCore::on_heartbeat(TimePoint now, const SessionId& from, const wire::Heartbeat& heartbeat,
                            wire::Outbox& out) {
    const auto* member = members_.find(from);
    // Proven, but forgotten here: a partition outlasted our memory of it.
    if (member == nullptr) return static_cast<void>(out.to(from, wire::Discover{introduction()}));
    if (member->node != heartbeat.node) return;
    on_change(now, members_.on_heartbeat(now, from, heartbeat), out);
    bully_.set_load(now, heartbeat.node, heartbeat.load);
    if (heartbeat.leading)
        bully_.on_leader_heartbeat(now, heartbeat.node, heartbeat, out);
    else
        bully_.on_follower_heartbeat(now, heartbeat.node, heartbeat, out);
}

void NodeCore::on_lost(TimePoint now, NodeId node, bool left, wire::Outbox& out) {
    const auto* member = members_.find(node);
    if (member == nullptr || member->state == wire::MemberState::gone) return;
    events_.push_back(MemberLost{node, left});
    if (const auto leader = bully_.leader(); leader && leader->node == node)
        events_.push_back(ElectionStarted{node});
    detector_.forget(node);
    transfers_.on_receiver_gone(now, member->session, out);
    members_.mark(node, wire::MemberState::gone);
    tasks_.on_member_lost(now, node, out);
    bully_.on_member_lost(now, node, out);
}

void NodeCore::tell_members(const SessionId& to, wire::Outbox& out) const {
    const auto leader = bully_.leader();
    wire::Members all;
    all.epoch = bully_.highest_seen();
    all.leader = leader ? leader->node : NodeId{};
    all.entries.push_back({config_.id, config_.identity.session, wire::MemberState::alive});
    for (const auto& member : members_.members())
        all.entries.push_back({member.node, member.session, member.state});
    all.total = static_cast<std::uint16_t>(all.entries.size());
    for (std::size_t at = 0; at < all.entries.size(); at += limits::members_per_datagram) {
        wire::Members part = all;
        const auto first = all.entries.begin() + static_cast<std::ptrdiff_t>(at);
        const auto count = std::min(limits::members_per_datagram, all.entries.size() - at);
        part.entries.assign(first, first + static_cast<std::ptrdiff_t>(count));
        out.to(to, std::move(part));
    }
}

void NodeCore::tell_presence(std::vector<wire::PresenceEntry> entries, wire::Outbox& out) const {
    wire::Presence part;
    std::size_t bytes = 0;
    for (auto& entry : entries) {
        const std::size_t size = 2 + entry.user.size() + 2 + entry.address.size() + 4;
        if (bytes + size > limits::control_body_max - 2) {
            out.to_group(std::exchange(part, {}));
            bytes = 0;
        }
        bytes += size;
        part.entries.push_back(std::move(entry));
    }
    if (!part.entries.empty()) out.to_group(std::move(part));
}

// To the leader that we follow, for the datagram in which it asked.
void NodeCore::grant(TimePoint now, const SessionId& to, NodeId node, const Epoch& epoch,
                     std::uint64_t number, wire::Outbox& out) {
    if (!node || !quorum_.on() || bully_.leader() != election::Leader{node, epoch}) return;
    if (!bully_.leading()) quorum_.ended(); // who grants leads no more
    if (const auto granted = quorum_.grant(now, epoch, number)) out.to(to, *granted);
}

} // namespace cp::node
