// What this node works on, whoever gave it, and to whom it reports: the worker's side of an assignment. A job
// goes on when its leader dies; the next leader is told of it. Not thread-safe; no clock.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace cp::tasks {

class Jobs {
public:
    static constexpr Duration report_every = std::chrono::milliseconds{50};
    // An old leader may have hundreds; those whose turn comes too late are done by somebody else, too.
    static constexpr std::size_t reports_at_once = 64;

    struct Job {
        bool reported = false; // false: of our own as the leader, or given to somebody else since
        Epoch epoch;           // in which it was given
    };

    // False: it is being worked on, and goes on.
    bool start(const TaskId& id, const Epoch& epoch) {
        return jobs_.try_emplace(id, Job{false, epoch}).second;
    }
    // To the leader of that epoch, from now on.
    void report(TimePoint now, const TaskId& id, const Epoch& epoch) {
        if (const auto found = jobs_.find(id); found != jobs_.end()) {
            found->second = {true, epoch};
            due_ = std::min(due_, now + report_every);
        }
    }
    void report_all(TimePoint now, const Epoch& epoch) {
        for (auto& [id, job] : jobs_) job = {true, epoch};
        due_ = jobs_.empty() ? never : now; // a new leader hears it at once
    }
    void report_no_more(const TaskId& id) {
        if (const auto found = jobs_.find(id); found != jobs_.end()) found->second.reported = false;
    }
    void end(const TaskId& id) { jobs_.erase(id); }

    [[nodiscard]] bool contains(const TaskId& id) const { return jobs_.contains(id); }
    [[nodiscard]] const std::map<TaskId, Job>& all() const { return jobs_; }
    [[nodiscard]] TimePoint deadline() const { return due_; }
    // Report these now; round by round when there are many.
    [[nodiscard]] std::vector<std::pair<TaskId, Job>> due(TimePoint now) {
        std::vector<std::pair<TaskId, Job>> turn;
        auto at = jobs_.upper_bound(last_);
        for (std::size_t i = 0; i < jobs_.size() && turn.size() < reports_at_once; ++i, ++at) {
            if (at == jobs_.end()) at = jobs_.begin();
            if (at->second.reported) turn.push_back(*at);
        }
        if (!turn.empty()) last_ = turn.back().first;
        due_ = turn.empty() ? never : now + report_every;
        return turn;
    }

private:
    std::map<TaskId, Job> jobs_;
    TaskId last_; // reported
    TimePoint due_ = never;
};

} // namespace cp::tasks
