// ClientCore, who is there and who leads: members that come and go, and the leader that is followed.
#include "client_core/client_core.hpp"
#include "wire/objects.hpp"

namespace cp::client {

void ClientCore::on_change(TimePoint now, const membership::Change& change, wire::Outbox& out) {
    using membership::ChangeKind;
    if (change.kind != ChangeKind::joined && change.kind != ChangeKind::rejoined) return;
    if (change.kind == ChangeKind::rejoined) // its old life gets nothing any more
        transfers_.on_receiver_gone(now, change.replaced, out);
    detector_.watch(now, change.node, members_.find(change.node)->session, false);
}

void ClientCore::on_lost(TimePoint now, NodeId node, bool left, wire::Outbox& out) {
    const auto* member = members_.find(node);
    if (member == nullptr || member->state == wire::MemberState::gone) return;
    detector_.forget(node);
    expected_.erase(member->session);
    transfers_.on_receiver_gone(now, member->session, out);
    members_.mark(node, wire::MemberState::gone);
    if (node == leader_.node) lose_leader(now, left);
}

void ClientCore::follow(TimePoint now, NodeId node, const Epoch& epoch, bool serving, wire::Outbox& out) {
    if (epoch.leader != node) return;
    // Fenced while we follow somebody. With nobody to follow, a lower epoch is better than none: those who
    // knew the higher one may be gone, and answers are deterministic whoever gives them.
    if (leader_.node && epoch < leader_.epoch) return;
    const bool changed = node != leader_.node || epoch != leader_.epoch;
    const bool serving_now = serving && !(leader_.serving && !changed);
    const NodeId before = leader_.node ? leader_.node : last_leader_;
    leader_ = {node, epoch, serving};
    if (changed) {
        leader_known_since_ = now;
        // Who was there under the old leader still is, or is on the new one's list as gone.
        if (before && before != node) out.to(members_.find(node)->session, wire::Discover{introduction()});
        events_.push_back(LeaderChanged{node, epoch});
        for (auto& [id, task] : pending_) {
            if (!task.open()) continue;
            transfers_.set_essential(upload_object(id), node);
            if (before && before != node)
                events_.push_back(TookOver{id, before, node, task.sends, last_left_});
        }
        last_leader_ = node;
        last_left_ = false;
    }
    if (serving_now) // a new leader knows its tasks now: ask at once instead of waiting for our turn
        for (auto& [id, task] : pending_)
            if (task.open()) task.ask_soon(now);
}

void ClientCore::lose_leader(TimePoint now, bool left) {
    last_leader_ = leader_.node;
    last_left_ = left;
    leader_.node = {};
    leader_.serving = false;
    leader_known_since_ = never;
    ask_again_soon(now);
    events_.push_back(LeaderChanged{{}, leader_.epoch});
}

} // namespace cp::client
