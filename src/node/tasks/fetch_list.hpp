// Uploads that this node knows of but does not hold, and whom to ask for each: after a recovery, after a
// join, or after having been left behind. Asks one holder at a time and goes round when nothing comes. Not
// thread-safe; no clock. Bounded by limits::ledger_max.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace cp::tasks {

class FetchList {
public:
    static constexpr Duration ask_again_after = std::chrono::milliseconds{100};
    static constexpr int rounds_max = 50; // then nobody seems to have it

    struct Ask {
        ObjectId object;
        NodeId holder;
    };

    void want(TimePoint now, const ObjectId&, NodeId holder);
    void arrived(const ObjectId&);             // whole here, or no longer of interest
    void drop_holder(NodeId);                  // it is gone
    void drop_holder(const ObjectId&, NodeId); // it has not got that one
    // Data is coming in for it: do not ask anybody else for a while.
    void progress(TimePoint now, const ObjectId&);

    [[nodiscard]] std::vector<ObjectId> overdue(TimePoint now) const; // what due() would ask for
    [[nodiscard]] std::vector<Ask> due(TimePoint now);                // ask these now
    [[nodiscard]] TimePoint deadline() const;
    [[nodiscard]] bool wanted(const ObjectId& object) const { return wants_.contains(object); }
    // Given up since the last call: every holder is gone, has not got it, or never delivered it.
    [[nodiscard]] std::vector<ObjectId> take_lost() { return std::exchange(lost_, {}); }

private:
    struct Want {
        std::set<NodeId> holders;
        NodeId asked;
        int rounds = 0;
        TimePoint next{};
    };
    template <class Predicate>
    void give_up(Predicate);

    std::map<ObjectId, Want> wants_;
    std::vector<ObjectId> lost_;
};

} // namespace cp::tasks
