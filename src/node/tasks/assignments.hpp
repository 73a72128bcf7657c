// What the leader has given to whom, and when it stops believing in it. A worker says that it has the task
// within 20 ms, else it is told again (three times), then the task is somebody else's; it reports every 50 ms
// while it works, and after 250 ms of silence the task is somebody else's, too. A task that is done stays
// until it is acknowledged: its worker alone has the result and delivers it.
//
// Each task has one entry at most. A worker that was replaced is not told to stop: work is deterministic, its
// late result is as good as the other's, and whichever comes first counts.
// Not thread-safe; no clock. Bounded by the ledger, whose open tasks these are.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <map>
#include <vector>

namespace cp::tasks {

class Assignments {
public:
    static constexpr Duration acknowledged_within = std::chrono::milliseconds{20};
    static constexpr Duration reported_within = std::chrono::milliseconds{250};
    static constexpr int repeats_max = 3;
    // Tasks that one worker has at a time; each costs a report every 50 ms. The others wait with the leader.
    static constexpr std::size_t per_worker_max = 16;
    // A result that its worker is not sending, though the client asked so often: it cannot reach the client.
    static constexpr int asked_in_vain_max = 8;
    static constexpr Duration sending_told_within = std::chrono::milliseconds{100};

    void assign(TimePoint now, const TaskId&, NodeId worker); // a new one replaces the old
    void assign_here(const TaskId&, NodeId self);             // no reports: our own shell does it
    void adopt(TimePoint now, const TaskId&, NodeId worker);  // given by an earlier leader: has to report
    // It works on it. False: that is not its worker.
    bool on_progress(TimePoint now, const TaskId&, NodeId from);
    // It has the result and is sending it, as it says again while it does.
    void on_done(TimePoint now, const TaskId&, NodeId by);
    // The client asked for a result that its worker should be sending. False: the worker cannot.
    [[nodiscard]] bool still_delivering(TimePoint now, const TaskId&);
    void drop(const TaskId& id) { entries_.erase(id); }
    void clear() { entries_.clear(); }

    struct Overdue {
        TaskId task;
        NodeId worker;
        bool repeat = false; // tell it once more; else it is silent: somebody else's turn
    };
    // A repeat is counted here; a silent one stays until it is assigned anew or dropped.
    [[nodiscard]] std::vector<Overdue> overdue(TimePoint now);
    [[nodiscard]] TimePoint deadline() const;

    [[nodiscard]] bool contains(const TaskId& id) const { return entries_.contains(id); }
    [[nodiscard]] NodeId worker(const TaskId&) const;           // 0: nobody
    [[nodiscard]] std::map<NodeId, std::size_t> counts() const; // tasks each has that are not done

private:
    enum class State { told, working, done };
    struct Entry {
        NodeId worker;
        State state = State::told;
        int repeats = 0;
        int asked_in_vain = 0;
        TimePoint heard{};
        TimePoint due = never;
    };
    std::map<TaskId, Entry> entries_;
};

} // namespace cp::tasks
