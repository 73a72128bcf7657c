// Everything that leaves: one ObjectSender a transfer, flows by destination, and whose turn it is. Finished
// senders linger outside the turns until the core forgets them. Part of Transfers; same rules.
#pragma once

#include "transfer/object_sender.hpp"
#include "transfer/rate_limit.hpp"

#include <array>
#include <map>
#include <memory>
#include <vector>

namespace cp::transfer {

class Outgoing {
public:
    explicit Outgoing(RateLimit limit) : limit_{limit} {}
    wire::TransferId send(Step&, const SendSpec&);
    void set_essential(const ObjectId&, std::optional<NodeId>);
    void set_ready(Step&, const ObjectId&, std::uint64_t bytes);
    void abandon(Step&, const ObjectId&);
    void forget(const ObjectId&);
    void on_report(Step&, const SessionId& from, const wire::Report&);
    void on_receiver_gone(Step&, const SessionId&);
    void on_deadline(Step&);
    [[nodiscard]] TimePoint deadline() const { return std::min(deadline_, allowed_at_); }
    std::size_t pull(Step&, std::size_t max_datagrams);
    [[nodiscard]] std::vector<Progress> unfinished() const;

private:
    using Senders = std::map<wire::TransferId, std::unique_ptr<ObjectSender>>;

    [[nodiscard]] std::shared_ptr<Flow> flow_to(const std::optional<SessionId>& peer);
    [[nodiscard]] ObjectSender* next_turn();
    void activate(ObjectSender&);
    void settle();

    Senders senders_;
    std::multimap<ObjectId, wire::TransferId> by_object_;
    std::vector<ObjectSender*> active_;    // not finished, or with repairs to send
    std::array<std::size_t, 2> turn_of_{}; // where the last small and the last big turn stood
    std::size_t turns_ = 0;
    std::shared_ptr<Flow> group_ = std::make_shared<Flow>();
    std::map<SessionId, std::weak_ptr<Flow>> peers_;
    std::uint32_t last_id_ = 0;
    TimePoint deadline_ = never;
    RateLimit limit_;
    TimePoint allowed_at_ = never; // the next pull, when the limit cut the last one short
};

} // namespace cp::transfer
