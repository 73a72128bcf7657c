// Objects of the store that nodes with folders of their own give one another, over the same transfers as
// uploads. Carries bytes (wire::StoredHeader); what they mean is the shell's matter. Part of NodeCore; same
// rules.
#pragma once

#include "membership/member_table.hpp"
#include "tasks/id_ring.hpp"
#include "transfer/transfers.hpp"

#include <optional>
#include <vector>

namespace cp::node {

struct StoredObject {
    NodeId from;
    ObjectId id;
    Payload object;
};
struct StoredDelivery {
    std::uint32_t number = 0;     // what send() returned
    std::vector<NodeId> complete; // who has it
};

class Replication {
public:
    // `run` tells the objects of this life from those of others. The references must outlive it.
    Replication(NodeId self, ClientId run, std::uint32_t segment_bytes, transfer::Transfers& transfers,
                const membership::MemberTable& members)
        : self_{self}, run_{run}, segment_bytes_{segment_bytes}, transfers_{transfers}, members_{members} {}

    // To that live member, or to all of them. A delivery with this number follows, also when there is nobody.
    std::uint32_t send(TimePoint now, Payload object, std::optional<NodeId> to, wire::Outbox&);

    void on_setup(TimePoint now, const SessionId& from, const wire::Setup&, wire::Outbox&);
    void on_complete(const transfer::ObjectComplete&);
    void on_finished(const transfer::SendFinished&);

    // Each counts against the budget, so that a slow disk slows its senders, until it is released.
    std::vector<StoredObject> take_received() { return std::exchange(received_, {}); }
    void release(const ObjectId& object) { transfers_.release(object); }
    std::vector<StoredDelivery> take_delivered() { return std::exchange(delivered_, {}); }

private:
    static constexpr std::size_t remembered_max = 4096;

    NodeId self_;
    ClientId run_;
    std::uint32_t segment_bytes_;
    transfer::Transfers& transfers_;
    const membership::MemberTable& members_;
    std::uint32_t last_ = 0;
    tasks::IdRing done_{remembered_max}; // taken already: a repeated Setup is no new object
    std::vector<StoredObject> received_;
    std::vector<StoredDelivery> delivered_;
};

} // namespace cp::node
