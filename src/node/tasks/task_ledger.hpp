// Which tasks are known, how far each is, and who holds its upload. The ledger gives correctness where the
// election only gives progress: every entry is keyed by task id, every call may be repeated without harm, and
// a known id with other contents is refused (in counter mode it would reuse a keystream).
//
// It holds no bulk bytes: uploads and results are objects of transfer, found by the same task id.
// Not thread-safe; no clock. At most limits::ledger_max open entries; finished ids are remembered in a ring.
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "tasks/id_ring.hpp"
#include "wire/messages.hpp"
#include "wire/objects.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace cp::tasks {

struct Task {
    TaskId id;
    SessionId client; // who waits for the answer
    std::string user;
    wire::TaskCommand command = wire::TaskCommand::encrypt;
    Digest upload{}; // stated digest of the upload object
    wire::TaskStage stage = wire::TaskStage::held;
    NodeId worker;            // of a running one; of a done one, who has the result. 0: nobody that is known
    bool accepted = false;    // the client was told that it may leave
    std::set<NodeId> holders; // nodes known to hold the upload, this one included
    Digest result{};          // once done: of the first answer, which wins
    errc failure = errc::internal;
    std::string reason;  // once failed
    TimePoint settled{}; // when it became done or failed
};

enum class Admission { fresh, known, finished, conflict, full };

class TaskLedger {
public:
    // An upload arrived whole. `fresh` and `known` leave an entry; the others say why there is none.
    Admission admit(NodeId self, const wire::TaskHeader&, const Digest& upload);

    void hold(const TaskId&, NodeId);         // another node says that it holds the upload
    void drop_holder(NodeId);                 // that node is gone
    void start(const TaskId&, NodeId worker); // also from one worker to another; a settled task stays settled
    // That node is gone, and its results with it. Returns the tasks that it worked on: they are `held` again.
    std::vector<TaskId> drop_worker(NodeId);
    // First answer wins: false when the task is settled already or unknown. `by` has the result, 0: not
    // known.
    bool done(TimePoint now, const TaskId&, const Digest& result, NodeId by);
    bool fail(TimePoint now, const TaskId&, errc, std::string reason);
    void reopen(const TaskId&);      // whoever worked on it, or had its result, does not any more: work again
    bool acknowledge(const TaskId&); // the client has its answer; false when unknown
    // Its client still waits for the answer: expire() counts from now.
    void asked_for(TimePoint now, const TaskId&);
    std::vector<TaskId> expire(TimePoint now, Duration kept); // settled longer than that: forgotten, returned
    void mark_accepted(const TaskId&);

    [[nodiscard]] const Task* find(const TaskId&) const;
    [[nodiscard]] bool finished(const TaskId&) const;
    [[nodiscard]] wire::TaskStage stage(const TaskId&) const; // unknown when there is no entry
    [[nodiscard]] const std::map<TaskId, Task>& open() const {
        return tasks_;
    } // in id order: the order of replay
    [[nodiscard]] TimePoint next_expiry(Duration kept) const;

    [[nodiscard]] std::vector<wire::LedgerEntry> summary() const;
    // What another node's summary adds to an entry that is held here (accepted, done). Entries that are not
    // held here are the caller's to fetch.
    void merge(TimePoint now, NodeId from, const wire::LedgerEntry&);
    // Who works on it, as another node's summary says. A node knows best what it works on itself.
    void merge_worker(NodeId from, const wire::LedgerEntry&);

private:
    Task* entry(const TaskId&);

    std::map<TaskId, Task> tasks_;
    IdRing finished_{limits::ledger_finished_max};
};

} // namespace cp::tasks
