// What an election may be told. All relations between the values are the caller's to check (config/).
#pragma once

#include "base/time.hpp"
#include "election/rank.hpp"

#include <cstdint>

namespace cp::election {

struct ElectionConfig {
    Duration listen = std::chrono::milliseconds{250};      // at start: how long to listen for a leader
    Duration claim_stagger = std::chrono::milliseconds{5}; // for each live node that ranks higher
    Duration answer_timeout = std::chrono::milliseconds{100};
    bool preempt = true; // a leader makes room for a better one (Bully's rule)
    // How long the better one has to be alive (Policy::load: and better) first. A leader by id that has led
    // for less than this and has never held a task does not wait: it is start-up, and there is nothing to
    // hand over.
    Duration preempt_after = std::chrono::seconds{5};
    // How long a leader that can be heard may keep us waiting for its word: two heartbeat intervals. After we
    // were away ourselves we listen for so long before asking.
    Duration stall_listen = std::chrono::milliseconds{40};
    // A leadership is voted on again after so long; zero: never.
    Duration leader_term = Duration::zero();

    Policy policy = Policy::id;
    // Policy::load only. By how much (hundredths) a node must be less loaded than the leader to get the lead.
    std::uint16_t load_margin = 2000;
    // Policy::load only. Drawn between these where ranks say nothing: at start, and when a claim is overdue.
    Duration election_timeout_min = std::chrono::milliseconds{150};
    Duration election_timeout_max = std::chrono::milliseconds{300};
    std::uint64_t seed = 0; // of those draws; the node's id goes in too
};

} // namespace cp::election
