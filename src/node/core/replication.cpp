#include "node_core/replication.hpp"

#include <algorithm>

namespace cp::node {

std::uint32_t Replication::send(TimePoint now, Payload object, std::optional<NodeId> to, wire::Outbox& out) {
    transfer::SendSpec spec;
    spec.object = {TaskId{run_, ++last_}, ObjectKind::stored};
    spec.bytes = std::move(object);
    spec.segment_bytes = segment_bytes_;
    if (to) {
        const auto* member = members_.find(*to);
        if (member == nullptr || member->state == wire::MemberState::gone) {
            delivered_.push_back({last_, {}});
            return last_;
        }
        spec.unicast_to = member->session;
    } else {
        for (const NodeId node : members_.alive())
            if (const auto* member = members_.find(node)) spec.receivers.push_back({node, member->session});
    }
    transfers_.send(now, spec, out);
    return last_;
}

void Replication::on_setup(TimePoint now, const SessionId& from, const wire::Setup& setup,
                           wire::Outbox& out) {
    if (members_.find(from) == nullptr)
        return transfers_.answer_setup(now, from, setup, wire::ReceiverState::refused, out);
    if (done_.contains(setup.object.task))
        return transfers_.answer_setup(now, from, setup, wire::ReceiverState::complete, out);
    transfers_.on_setup(now, from, setup, out);
}

void Replication::on_complete(const transfer::ObjectComplete& complete) {
    const auto payload = transfers_.find(complete.object);
    const auto* member = members_.find(complete.from);
    done_.insert(complete.object.task);
    if (!payload || member == nullptr) return transfers_.release(complete.object);
    received_.push_back({member->node, complete.object, *payload});
}

void Replication::on_finished(const transfer::SendFinished& finished) {
    StoredDelivery delivery{finished.object.task.number, {}};
    for (const auto& receiver : finished.complete) {
        const auto* member = members_.find(receiver.session); // of unicast, only the session is known
        if (const NodeId node = receiver.node ? receiver.node : member != nullptr ? member->node : NodeId{})
            delivery.complete.push_back(node);
    }
    delivered_.push_back(std::move(delivery));
    transfers_.forget(finished.object);
}

} // namespace cp::node
