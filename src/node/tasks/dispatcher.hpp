// Who gets the next task. Chooses among workers that the caller found fit (healthy, holding the upload, with
// room for one more); knows nothing of messages or of what became of a task.
//
//   leader        the leader itself, always: no message, no wait
//   round_robin   each fit node in turn, by id
//   least_loaded  the lowest score of recent heartbeats. Heartbeats are up to half a second old, a burst of
//                 tasks is not: each task given out since counts what it will add to the score (the share of
//                 tasks in election/load_score.hpp). Ties: fewer tasks given by us, then the higher id.
// Not thread-safe; no clock.
#pragma once

#include "base/ids.hpp"

#include <cstdint>
#include <span>

namespace cp::tasks {

enum class DispatchPolicy : std::uint8_t { leader, round_robin, least_loaded };

struct Candidate {
    NodeId node;
    std::uint16_t load = 0;   // hundredths of the score, 0..10000
    bool fresh = true;        // that load was told lately
    std::size_t assigned = 0; // tasks given to it that are not done
};

class Dispatcher {
public:
    Dispatcher(NodeId self, DispatchPolicy policy) : self_{self}, policy_{policy} {}

    // Of candidates in any order; 0 when there are none.
    [[nodiscard]] NodeId next(std::span<const Candidate>);
    [[nodiscard]] DispatchPolicy policy() const { return policy_; }

private:
    [[nodiscard]] NodeId next_in_turn(std::span<const Candidate>);

    NodeId self_;
    DispatchPolicy policy_;
    NodeId last_; // whose turn it was
};

} // namespace cp::tasks
