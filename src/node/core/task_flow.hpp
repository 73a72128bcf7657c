// The way of a task through one node: upload complete -> ledger -> work (the leader) or standing by
// (everybody else) -> result to the client -> acknowledged and forgotten. Also the recovery of a new leader,
// and how a node that missed something catches up. Joins node/tasks with shared/transfer; knows who leads,
// not how it was chosen.
//
// Not thread-safe; no clock. The references given must outlive it (NodeCore owns all of them).
#pragma once

#include "membership/member_table.hpp"
#include "node_core/node_event.hpp"
#include "tasks/fetch_list.hpp"
#include "tasks/recovery.hpp"
#include "tasks/task_ledger.hpp"
#include "transfer/transfers.hpp"

#include <map>
#include <set>
#include <vector>

namespace cp::node {

class TaskFlow {
public:
    TaskFlow(NodeId self, std::uint32_t segment_bytes, transfer::Transfers&, const membership::MemberTable&);

    // --- who leads
    void lead(TimePoint now, const Epoch&, wire::Outbox&); // recovering first, then serving
    void follow(TimePoint now, NodeId leader, const Epoch&, wire::Outbox&);
    void no_leader();
    void on_member_joined(TimePoint now, NodeId, wire::Outbox&);
    void on_member_lost(NodeId);

    // --- objects
    void on_setup(TimePoint now, const SessionId& from, const wire::Setup&, wire::Outbox&);
    void on_object_complete(TimePoint now, const ObjectId&, wire::Outbox&);
    void on_send_finished(const transfer::SendFinished&);
    void on_fetch(TimePoint now, const SessionId& from, const wire::Fetch&, wire::Outbox&);

    // --- messages of other nodes and of clients
    void on_message(TimePoint now, const SessionId& from, const wire::TaskQuery&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::TaskState&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::TaskDone&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::TaskFailed&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::TaskAck&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::LedgerQuery&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::LedgerSummary&, wire::Outbox&);

    // --- the worker's answer: the result object (wire/objects.hpp), or why there is none
    void on_work_done(TimePoint now, const TaskId&, const Outcome<Payload>&, wire::Outbox&);

    void on_deadline(TimePoint now, wire::Outbox&);
    [[nodiscard]] TimePoint deadline() const;

    [[nodiscard]] bool serving() const { return role_ == Role::serving; }
    [[nodiscard]] const tasks::TaskLedger& ledger() const { return ledger_; }
    [[nodiscard]] bool ever_held_task() const { return ever_held_task_; }
    // Bytes that nobody needs any more. Giving hundreds of megabytes back to the system takes longer than a
    // heartbeat: the shell drops them on another thread.
    std::vector<Payload> take_discarded() { return std::exchange(discarded_, {}); }
    std::vector<NodeEvent> take_events() { return std::exchange(events_, {}); }

private:
    enum class Role { leaderless, following, recovering, serving };

    [[nodiscard]] bool leading() const { return role_ == Role::recovering || role_ == Role::serving; }
    [[nodiscard]] const membership::Member* leader() const;
    void serve(TimePoint now, wire::Outbox&);
    void run(const TaskId&);
    void accept_if_safe(const TaskId&, wire::Outbox&);
    void decline(const TaskId&, const SessionId& client, wire::Outbox&) const;
    void send(TimePoint now, const ObjectId&, const Payload&, const SessionId& to,
              std::uint32_t segment_bytes, bool repairs_only, wire::Outbox&);
    [[nodiscard]] bool sending(const ObjectId&, const SessionId& to) const;
    void deliver(TimePoint now, const tasks::Task&, wire::Outbox&);
    void answer_client(TimePoint now, const SessionId& client, const TaskId&, wire::Outbox&);
    void say(const SessionId& to, const TaskId&, wire::Outbox&) const;
    [[nodiscard]] wire::TaskStage stage_of(const TaskId&) const;
    void learn_of(TimePoint now, const TaskId&, NodeId holder);
    void forget(const TaskId&);
    void reconcile(TimePoint now, wire::Outbox&);
    void reconcile(const tasks::Task&, wire::Outbox&) const;

    NodeId self_;
    std::uint32_t segment_bytes_;
    transfer::Transfers& transfers_;
    const membership::MemberTable& members_;

    Role role_ = Role::leaderless;
    NodeId leader_;
    Epoch epoch_;
    tasks::TaskLedger ledger_;
    tasks::Recovery recovery_;
    tasks::FetchList fetches_;
    std::set<TaskId> arriving_; // uploads that are not whole yet
    struct Send {
        ObjectId object;
        SessionId to;
    };
    std::map<wire::TransferId, Send> sends_; // under way, each to one peer
    std::map<TaskId, Payload> results_;      // of tasks done here, until acknowledged
    bool ever_held_task_ = false;
    TimePoint reconcile_at_ = never;
    TaskId reconciled_; // the last one of the round
    std::vector<Payload> discarded_;
    std::vector<NodeEvent> events_;
};

} // namespace cp::node
