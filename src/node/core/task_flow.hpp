// The way of a task through one node: upload complete -> ledger -> work (whom the leader chose) or standing
// by (everybody else) -> result to the client -> acknowledged and forgotten. Also the recovery of a new
// leader, and how a node that missed something catches up. Joins node/tasks with shared/transfer; knows who
// leads, not how it was chosen.
//
// In files by subject: task_flow.cpp (who leads, time), task_objects.cpp (bytes), task_dispatch.cpp (who
// works), task_answers.cpp and task_accepted.cpp (what the client is told), task_messages.cpp (how tasks
// end), task_reconcile.cpp (what got lost).
//
// Not thread-safe; no clock. The references given must outlive it (NodeCore owns all of them).
#pragma once

#include "membership/member_table.hpp"
#include "node_core/node_event.hpp"
#include "tasks/assignments.hpp"
#include "tasks/dispatcher.hpp"
#include "tasks/fetch_list.hpp"
#include "tasks/jobs.hpp"
#include "tasks/recovery.hpp"
#include "tasks/task_ledger.hpp"
#include "transfer/transfers.hpp"

#include <map>
#include <set>
#include <vector>

namespace cp::node {

struct TaskFlowConfig {
    NodeId self;
    tasks::DispatchPolicy dispatch = tasks::DispatchPolicy::leader;
    std::uint32_t segment_bytes = 0; // of what is sent
    Duration result_ttl = limits::payload_kept_after_done;
};

class TaskFlow {
public:
    TaskFlow(const TaskFlowConfig&, transfer::Transfers&, const membership::MemberTable&);

    // --- who leads
    void lead(TimePoint now, const Epoch&, wire::Outbox&); // recovering first, then serving
    void follow(TimePoint now, NodeId leader, const Epoch&, wire::Outbox&);
    void no_leader();
    void on_member_joined(TimePoint now, NodeId, wire::Outbox&);
    void on_member_lost(TimePoint now, NodeId, wire::Outbox&);
    // Whether a leader may tell clients anything that binds (quorum): looked at when a result or a
    // TaskAccepted is sent. What was made meanwhile is sent when it holds again, and dropped when the leader
    // steps down.
    void set_lease(TimePoint now, bool holds, wire::Outbox&);
    void set_load(std::uint16_t hundredths) { load_ = hundredths; } // our own, for dispatch

    // --- objects
    void on_setup(TimePoint now, const SessionId& from, const wire::Setup&, wire::Outbox&);
    void on_object_complete(TimePoint now, const SessionId& from, const ObjectId&, wire::Outbox&);
    void on_send_finished(const transfer::SendFinished&);
    void on_answer_refused(TimePoint now, const TaskId&, wire::Outbox&); // its client never takes it
    void on_fetch(TimePoint now, const SessionId& from, const wire::Fetch&, wire::Outbox&);

    // --- messages of other nodes and of clients
    void on_message(TimePoint now, const SessionId& from, const wire::TaskQuery&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::TaskState&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::TaskDone&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::TaskFailed&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::TaskAck&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::LedgerQuery&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::LedgerSummary&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::TaskAssign&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::TaskProgress&, wire::Outbox&);
    void on_message(TimePoint now, const SessionId& from, const wire::TaskReject&, wire::Outbox&);

    // --- the worker's answer: the result object (wire/objects.hpp), or why there is none
    // So many of its first bytes are final; the same object each time, and `ready` grows. They leave already,
    // but for what the client needs to have it whole: on_work_done() says whether it ever may.
    void on_work_under_way(TimePoint now, const TaskId&, const Payload&, std::uint64_t ready, wire::Outbox&);
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

    static constexpr Duration reconcile_every = std::chrono::milliseconds{250}; // notices what got lost

    [[nodiscard]] static ObjectId upload_of(const TaskId& id) { return {id, ObjectKind::upload}; }
    [[nodiscard]] static ObjectId result_of(const TaskId& id) { return {id, ObjectKind::result}; }
    [[nodiscard]] bool leading() const { return role_ == Role::recovering || role_ == Role::serving; }
    [[nodiscard]] const membership::Member* leader() const;
    [[nodiscard]] bool healthy(NodeId) const; // a member that is neither suspect nor gone
    void serve(TimePoint now, wire::Outbox&);
    void stop_leading();

    // --- dispatch: the leader's side
    void resume(TimePoint now, const TaskId&, wire::Outbox&);
    [[nodiscard]] bool died_in_delivery(TimePoint now, const tasks::Task&) const;
    void redo(TimePoint now, const TaskId&, wire::Outbox&);
    void take_up(TimePoint now, const TaskId&, wire::Outbox&);
    void take_up_if_all_hold(TimePoint now, const TaskId&, wire::Outbox&);
    // Why a task is given out once more, and from whom it is taken; nobody: it is new.
    struct Replaced {
        NodeId worker;
        std::string_view reason;
    };
    bool dispatch(TimePoint now, const TaskId&, const Replaced&, wire::Outbox&);
    void dispatch_elsewhere(TimePoint now, const TaskId&, NodeId rejected, wire::Outbox&);
    void reassign(TimePoint now, const TaskId&, const Replaced&, wire::Outbox&);
    void assign(TimePoint now, const TaskId&, NodeId worker, wire::Outbox&);
    [[nodiscard]] std::vector<tasks::Candidate> candidates(TimePoint now, const tasks::Task&,
                                                           NodeId avoid) const;
    [[nodiscard]] bool announces(const tasks::Task&) const;
    void unassign(const TaskId&);
    void dispatch_due(TimePoint now, wire::Outbox&);
    // --- dispatch: the worker's side
    void run(const TaskId&, const Epoch&);
    void report(TimePoint now, wire::Outbox&);

    // --- answers
    [[nodiscard]] bool may_answer() const { return role_ == Role::serving && lease_; }
    void accept_if_safe(TimePoint now, const TaskId&, wire::Outbox&);
    [[nodiscard]] unsigned replicas(const tasks::Task&) const;
    [[nodiscard]] bool another_may_hold(TimePoint now, const TaskId&) const;
    void poll_holders(TimePoint now, wire::Outbox&);
    void decline(const TaskId&, const SessionId& client, wire::Outbox&) const;
    void send(TimePoint now, const ObjectId&, const Payload&, const SessionId& to,
              std::uint32_t segment_bytes, bool repairs_only, wire::Outbox&);
    void send(TimePoint now, transfer::SendSpec,
              wire::Outbox&); // by unicast; not again while it is under way
    [[nodiscard]] bool sending(const ObjectId&, const SessionId& to) const;
    void deliver(TimePoint now, const tasks::Task&, wire::Outbox&);
    void answer_client(TimePoint now, const SessionId& client, const TaskId&, wire::Outbox&);
    void answer_done(TimePoint now, const tasks::Task&, wire::Outbox&);
    [[nodiscard]] bool is_growing(const TaskId&, const Payload&) const;
    void drop_growing(const TaskId&);
    void stop_growing();
    void fail(TimePoint now, const TaskId&, const Failure&, wire::Outbox&);
    void say(const SessionId& to, const TaskId&, wire::Outbox&) const;
    [[nodiscard]] wire::TaskStage stage_of(const TaskId&) const;
    void learn_of(TimePoint now, const TaskId&, NodeId holder);
    void on_holder(TimePoint now, NodeId holder, const SessionId&, const wire::TaskState&, wire::Outbox&);
    void note_lost();
    void forget(const TaskId&);
    void reconcile(TimePoint now, wire::Outbox&);
    void reconcile(const tasks::Task&, wire::Outbox&) const;

    NodeId self_;
    std::uint32_t segment_bytes_;
    Duration result_ttl_;
    transfer::Transfers& transfers_;
    const membership::MemberTable& members_;

    Role role_ = Role::leaderless;
    NodeId leader_;
    Epoch epoch_;
    tasks::TaskLedger ledger_;
    tasks::Recovery recovery_;
    tasks::FetchList fetches_;
    std::map<TaskId, std::set<NodeId>> arriving_; // uploads that are not whole yet, and who has them already
    tasks::IdRing lost_{limits::ledger_lost_max}; // known to have been held, and to nobody's reach any more

    tasks::Dispatcher dispatcher_;
    tasks::Assignments assignments_;        // as the leader
    std::map<TaskId, TimePoint> gathering_; // until when to wait for others to hold it
    std::set<TaskId> queued_;               // every fit worker has as many as it may
    bool room_ = false;                     // somebody may take a queued one now
    std::uint16_t load_ = 0;
    tasks::Jobs jobs_; // as a worker
    // Not accepted yet: when the others were asked whether they hold it, and when to look again.
    struct Poll {
        TimePoint asked = never;
        TimePoint next = never;
    };
    std::map<TaskId, Poll> polls_;
    bool lease_ = true;
    std::map<TaskId, Outcome<Payload>> unsent_; // made while the lease did not hold

    struct Send {
        ObjectId object;
        SessionId to;
    };
    std::map<wire::TransferId, Send> sends_; // under way, each to one peer
    std::map<TaskId, Payload> results_;      // of tasks done here, until acknowledged
    std::map<TaskId, Payload> growing_;      // being made here, and sent already
    std::set<TaskId>
        interrupted_; // made or growing: sent to a client that was left behind, and has a part of it
    bool ever_held_task_ = false;
    TimePoint reconcile_at_ = never;
    TaskId reconciled_; // the last one of the round
    std::vector<Payload> discarded_;
    std::vector<NodeEvent> events_;
};

} // namespace cp::node
