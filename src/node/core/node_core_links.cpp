// NodeCore and the links: whom the shell shall watch through one, and what it saw there.
#include "node_core/node_core.hpp"

namespace cp::node {

void NodeCore::on_link(TimePoint now, NodeId node, const SessionId& session, LinkVerdict verdict,
                       wire::Outbox& out) {
    const auto* member = members_.find(node);
    if (gone_ || member == nullptr || member->session != session) return;
    wake(now, out);
    switch (verdict) {
    case LinkVerdict::crashed:
        quorum_.release(node); // it serves nobody any more
        on_lost(now, node, false, out);
        break;
    case LinkVerdict::unanswered: detector_.suspect(now, node); break;
    case LinkVerdict::unreachable: detector_.unreachable(now, node); break;
    }
    settle(now, out);
}

bool NodeCore::leader_overdue() const {
    const auto leader = bully_.leader();
    return leader && detector_.overdue(leader->node);
}

std::optional<LinkTarget> NodeCore::link_target(const SessionId& session) const {
    const auto* member = members_.find(session);
    const auto endpoint = sessions_.endpoint(session);
    if (member == nullptr || !endpoint || member->link_port == 0) return std::nullopt;
    if (member->state == wire::MemberState::gone) return std::nullopt;
    return LinkTarget{member->node, session, {endpoint->address, member->link_port}};
}

std::optional<LinkTarget> NodeCore::leader_link() const {
    const auto leader = bully_.leader();
    if (!leader || leader->node == config_.id) return std::nullopt;
    const auto* member = members_.find(leader->node);
    return member != nullptr ? link_target(member->session) : std::nullopt;
}

} // namespace cp::node
