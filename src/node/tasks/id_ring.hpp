// The last task ids of some kind, bounded: the oldest leave first.
#pragma once

#include "base/ids.hpp"

#include <deque>
#include <unordered_set>

namespace cp::tasks {

class IdRing {
public:
    explicit IdRing(std::size_t max) : max_{max} {}

    void insert(const TaskId& id) {
        if (!ids_.insert(id).second) return;
        order_.push_back(id);
        if (order_.size() > max_) {
            ids_.erase(order_.front());
            order_.pop_front();
        }
    }
    void erase(const TaskId& id) { // linear: for short rings
        if (ids_.erase(id) > 0) std::erase(order_, id);
    }
    [[nodiscard]] bool contains(const TaskId& id) const { return ids_.contains(id); }

private:
    std::size_t max_;
    std::unordered_set<TaskId> ids_;
    std::deque<TaskId> order_;
};

} // namespace cp::tasks
