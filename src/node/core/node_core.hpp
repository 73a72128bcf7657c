// One node as a pure state machine: datagrams, time and finished work in; datagrams (Outbox) and events out.
// It routes messages to the parts (membership, election, transfer, tasks) and the parts' facts to one
// another; the parts hold no pointers to each other.
// In three files: node_core.cpp (inputs, time, who leads), node_core_heard.cpp (what others say) and
// node_core_links.cpp (what links say).
//
// The caller's duties, in this order, after every call that takes an Outbox: seal and send all of it, clear
// it, take_events() and act on them, take_discarded(), then sleep until deadline() or the next datagram;
// pull() bulk whenever the sockets have room. Not thread-safe; reads no clock; `now` never decreases. The
// simulator drives this very class (tests/sim).
#pragma once

#include "election/bully.hpp"
#include "election/quorum.hpp"
#include "membership/failure_detector.hpp"
#include "membership/member_table.hpp"
#include "node_core/node_event.hpp"
#include "node_core/replication.hpp"
#include "node_core/task_flow.hpp"
#include "transfer/transfers.hpp"
#include "wire/link_verdict.hpp"
#include "wire/sessions.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cp::node {

struct NodeConfig {
    NodeId id;
    std::uint64_t incarnation = 1; // stored + 1, on disk before the first datagram
    Epoch highest_seen;
    wire::Identity identity;
    std::string version;
    std::string api;             // HTTP address told to others, empty when off
    std::uint16_t link_port = 0; // where liveness links are accepted, 0: nowhere
    std::uint32_t segment_bytes = limits::datagram_ethernet - limits::data_overhead;
    std::size_t memory_budget = std::size_t{1} << 30U;
    std::size_t image_max = limits::image_max;
    // Of the data socket, bytes as getsockopt reports them.
    std::size_t receive_capacity = limits::receive_capacity_default;
    std::uint64_t max_rate = 0; // of all bulk that we send, bytes a second; 0: no limit
    membership::DetectorConfig detector;
    election::ElectionConfig election;
    Duration result_ttl = limits::payload_kept_after_done; // unless acknowledged earlier
    std::size_t quorum = 0; // members that must agree, this one included; 0: off
    tasks::DispatchPolicy dispatch = tasks::DispatchPolicy::leader;
};

using wire::LinkVerdict;

// Where a node accepts a liveness link, and which life of it is meant.
struct LinkTarget {
    NodeId node;
    SessionId session;
    Endpoint at;
    auto operator<=>(const LinkTarget&) const = default;
};

class NodeCore {
public:
    NodeCore(const NodeConfig&, TimePoint now);

    void start(TimePoint now, wire::Outbox&);
    // Refused datagrams are counted by reason, never answered and never fatal.
    void on_datagram(TimePoint now, std::span<std::byte> datagram, const Endpoint& from, wire::Outbox&);
    void on_deadline(TimePoint now, wire::Outbox&);
    [[nodiscard]] TimePoint deadline() const;
    std::size_t pull(TimePoint now, std::size_t max_datagrams, wire::Outbox&);

    // The worker's answer, and, while it is made, how much of it is final (task_flow.hpp).
    void on_work_under_way(TimePoint now, const TaskId&, const Payload& answer, std::uint64_t ready,
                           wire::Outbox&);
    void on_work_done(TimePoint now, const TaskId&, const Outcome<Payload>&, wire::Outbox&);
    void on_link(TimePoint now, NodeId, const SessionId&, LinkVerdict, wire::Outbox&);
    // Users that are online, for all nodes; in as many datagrams as it takes.
    void tell_presence(std::vector<wire::PresenceEntry>, wire::Outbox&) const;
    // An object of the store, to that member or to all; returns the number of its delivery.
    std::uint32_t replicate(TimePoint now, Payload object, std::optional<NodeId> to, wire::Outbox&);
    void leave(TimePoint now, wire::Outbox&); // hands over, then says goodbye; send nothing afterwards
    void set_load(std::uint16_t hundredths) {
        load_ = hundredths;
        tasks_.set_load(hundredths);
    }

    // Of this machine, told to others with the next beat, at most once a second; never set: never told.
    void set_load_parts(std::uint8_t cpu_percent, std::uint8_t memory_percent) {
        load_parts_ = {config_.id, cpu_percent, memory_percent};
    }

    std::vector<NodeEvent> take_events() { return std::exchange(events_, {}); }
    std::vector<StoredObject> take_stored() { return replication_.take_received(); }
    // Each of those, when it is dealt with.
    void release_stored(const ObjectId& object) { replication_.release(object); }
    std::vector<StoredDelivery> take_delivered() { return replication_.take_delivered(); }
    // What others told of users that are online. Kept until taken, at most limits::presence_untaken_max
    // entries.
    std::vector<wire::PresenceEntry> take_presence() { return std::exchange(presence_, {}); }
    std::vector<Payload> take_discarded() { return tasks_.take_discarded(); } // task_flow.hpp

    [[nodiscard]] NodeId id() const { return config_.id; }
    [[nodiscard]] std::uint16_t load() const { return load_; } // hundredths
    [[nodiscard]] std::optional<Endpoint> endpoint(const SessionId& s) const { return sessions_.endpoint(s); }
    // Of a live member that accepts links.
    [[nodiscard]] std::optional<LinkTarget> link_target(const SessionId&) const;
    // Of the leader, when that is somebody else: whom to hold a link to.
    [[nodiscard]] std::optional<LinkTarget> leader_link() const;
    // Its beat has not come: worth knocking at its machine.
    [[nodiscard]] bool leader_overdue() const;
    [[nodiscard]] std::optional<election::Leader> leader() const { return bully_.leader(); }
    [[nodiscard]] bool serving() const { return tasks_.serving(); }
    // Leads, and with a quorum: is sure to be the only one.
    [[nodiscard]] bool may_answer(TimePoint now) const { return bully_.leading() && quorum_.holds(now); }
    [[nodiscard]] std::uint64_t highest_counter() const {
        return bully_.highest_counter();
    } // belongs on disk
    [[nodiscard]] const membership::MemberTable& members() const { return members_; }
    [[nodiscard]] const tasks::TaskLedger& ledger() const { return tasks_.ledger(); }
    [[nodiscard]] const transfer::Transfers& transfers() const { return transfers_; }
    [[nodiscard]] const transfer::MemoryBudget& budget() const { return budget_; }
    [[nodiscard]] const std::map<errc, std::uint64_t>& refused() const {
        return refused_;
    } // datagrams by reason

private:
    [[nodiscard]] wire::Introduction introduction() const;
    void wake(TimePoint now, wire::Outbox&); // first thing with every input
    void on_opened(TimePoint now, wire::Opened&, wire::Outbox&);
    void on_introduction(TimePoint now, const SessionId& from, const wire::Introduction&, bool newly_proven,
                         wire::Outbox&);
    void on_change(TimePoint now, const membership::Change&, wire::Outbox&);
    void on_heartbeat(TimePoint now, const SessionId& from, const wire::Heartbeat&, wire::Outbox&);
    void on_lost(TimePoint now, NodeId, bool left, wire::Outbox&);
    void grant(TimePoint now, const SessionId& to, NodeId, const Epoch&, std::uint64_t number, wire::Outbox&);
    void tell_members(const SessionId& to, wire::Outbox&) const;
    void follow(TimePoint now, const std::optional<election::Leader>&, wire::Outbox&);
    void beat(TimePoint now, wire::Outbox&);
    void beat_soon(TimePoint now);
    void settle(TimePoint now, wire::Outbox&); // after every input: the parts' facts to the other parts
    void note_sent(TimePoint now, const wire::Outbox&);

    NodeConfig config_;
    TimePoint started_;
    wire::SessionTable sessions_;
    transfer::MemoryBudget budget_;
    membership::MemberTable members_;
    membership::FailureDetector detector_;
    election::Bully bully_;
    election::Quorum quorum_;
    transfer::Transfers transfers_;
    TaskFlow tasks_;
    Replication replication_;

    NodeId offered_to_;                        // the successor that the last hand-over named
    std::optional<election::Leader> followed_; // the leader that the parts were told of
    TimePoint beat_at_ = never;
    TimePoint beaten_ = TimePoint::min();
    TimePoint announce_again_ = never;
    std::uint16_t load_ = 0;
    std::optional<wire::LoadParts> load_parts_;
    TimePoint parts_due_ = TimePoint::min();
    bool served_ = false;
    bool gone_ = false;
    std::map<errc, std::uint64_t> refused_;
    std::vector<NodeEvent> events_;
    std::vector<wire::PresenceEntry> presence_;
};

} // namespace cp::node
