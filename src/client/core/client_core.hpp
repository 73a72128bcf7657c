// One client run as a pure state machine: finds the cluster, multicasts each upload once, waits for the
// answer whoever leads, and sends again only what no node holds any more. A client is no member: it neither
// votes nor holds anything for others.
//
// In three files: client_core.cpp (inputs, time), client_core_tasks.cpp (tasks and their answers) and
// client_core_leader.cpp (whom it takes for the leader).
//
// Duties of the caller as for NodeCore: after each call seal and send the Outbox, take_events(), sleep until
// deadline(), pull() bulk while there is room. Not thread-safe; reads no clock; `now` never decreases.
#pragma once

#include "client_core/client_event.hpp"
#include "client_core/pending_task.hpp"
#include "membership/failure_detector.hpp"
#include "membership/member_table.hpp"
#include "transfer/transfers.hpp"
#include "wire/sessions.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cp::client {

struct ClientConfig {
    wire::Identity identity;
    std::string version;
    std::uint32_t segment_bytes = limits::datagram_ethernet - limits::data_overhead;
    std::size_t memory_budget = std::size_t{2} << 30U;
    // Of the unicast socket, where results arrive.
    std::size_t receive_capacity = limits::receive_capacity_default;
    std::uint64_t max_rate = 0; // of all that we upload, bytes a second; 0: no limit
};

struct LeaderView {
    NodeId node; // 0: none
    Epoch epoch;
    bool serving = false;
};

class ClientCore {
public:
    ClientCore(const ClientConfig&, TimePoint now);

    void start(TimePoint now, wire::Outbox&);    // looks for the cluster
    void discover(TimePoint now, wire::Outbox&); // asks again, whatever is known
    void on_datagram(TimePoint now, std::span<std::byte> datagram, const Endpoint& from, wire::Outbox&);
    void on_deadline(TimePoint now, wire::Outbox&);
    [[nodiscard]] TimePoint deadline() const;
    std::size_t pull(TimePoint now, std::size_t max_datagrams, wire::Outbox&);

    // Sends as soon as a leader is known; `upload` is a whole object (wire/objects.hpp) of task `id`.
    // `work_bytes`: memory that the work takes on a node, beside the upload. If only the first `ready` bytes
    // are final, the rest is sent when set_ready() says that it is.
    void submit(TimePoint now, const TaskId& id, Payload upload, std::uint64_t work_bytes, wire::Outbox&,
                std::optional<std::uint64_t> ready = {});
    void set_ready(TimePoint now, const TaskId&, wire::Outbox&); // all of it
    // The answer of `node` is not what was asked for: another one is wanted, from another node. Nothing is
    // sent again.
    void reject(TimePoint now, const TaskId&, NodeId node, wire::Outbox&);
    // The answer is verified and saved: the cluster may forget the task.
    void acknowledge(const TaskId&, wire::Outbox&);
    void cancel(TimePoint now, const TaskId&, wire::Outbox&);
    void leave(TimePoint now, wire::Outbox&);

    std::vector<ClientEvent> take_events() { return std::exchange(events_, {}); }

    [[nodiscard]] const SessionId& session() const {
        return config_.identity.session;
    } // TaskHeader::reply_to
    [[nodiscard]] const LeaderView& leader() const { return leader_; }
    [[nodiscard]] const std::map<TaskId, PendingTask>& open_tasks() const { return pending_; }
    // The leader's list is in, and everybody alive on it has proven itself (or had time enough).
    [[nodiscard]] bool settled(TimePoint now) const;
    [[nodiscard]] const membership::MemberTable& members() const { return members_; }
    [[nodiscard]] std::optional<Endpoint> endpoint(const SessionId& s) const { return sessions_.endpoint(s); }
    [[nodiscard]] const std::map<errc, std::uint64_t>& refused() const {
        return refused_;
    } // datagrams by reason

private:
    [[nodiscard]] wire::Introduction introduction() const;
    void ask_again_soon(TimePoint now);
    void on_opened(TimePoint now, wire::Opened&, wire::Outbox&);
    void on_introduction(TimePoint now, const SessionId& from, const wire::Introduction&, wire::Outbox&);
    void on_change(TimePoint now, const membership::Change&, wire::Outbox&);
    void on_setup(TimePoint now, const SessionId& from, const wire::Setup&, wire::Outbox&);
    void on_task_state(TimePoint now, const SessionId& from, const wire::TaskState&, wire::Outbox&);
    void on_lost(TimePoint now, NodeId, bool left, wire::Outbox&);
    void on_list(TimePoint now, const wire::Members&, wire::Outbox&);
    void follow(TimePoint now, NodeId, const Epoch&, bool serving, wire::Outbox&);
    void lose_leader(TimePoint now, bool left);
    void begin(TimePoint now, PendingTask&, bool again, wire::Outbox&);
    void fail(TimePoint now, const TaskId&, errc, std::string reason, wire::Outbox&);
    void settle(TimePoint now, wire::Outbox&);
    [[nodiscard]] PendingTask* pending(const TaskId&);

    ClientConfig config_;
    wire::SessionTable sessions_;
    transfer::MemoryBudget budget_;
    membership::MemberTable members_;
    membership::FailureDetector detector_;
    transfer::Transfers transfers_;

    LeaderView leader_;
    NodeId last_leader_; // before it was lost: who died, when another takes over
    bool last_left_ = false;
    TimePoint leader_known_since_ = never;
    std::set<SessionId> expected_; // alive on the leader's list, not yet proven to us
    bool list_known_ = false;
    TimePoint discover_at_ = never;
    Duration discover_gap_{};

    std::map<TaskId, PendingTask> pending_;
    std::map<errc, std::uint64_t> refused_;
    std::vector<ClientEvent> events_;
};

} // namespace cp::client
