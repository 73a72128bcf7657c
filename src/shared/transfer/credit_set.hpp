// The receivers of one outgoing transfer, and what the slowest of those that count allows. Only shrinks: a
// receiver that is complete, busy, refused, silent or gone is not waited for any more. Not thread-safe.
//
// At most limits::credit_set_max receivers, sorted by session: found by bisection, summed up in one pass
// after a change. Of more than limits::report_all_max, the first few of each Setup report for all, and credit
// follows those alone; when they are done, it follows whoever spoke last.
#pragma once

#include "base/time.hpp"
#include "transfer/congestion.hpp"
#include "transfer/transfer_event.hpp"
#include "wire/limits.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace cp::transfer {

// Of so many receivers, how many each Setup names: equal parts, so that none is small.
[[nodiscard]] constexpr std::size_t named_by_setup(std::size_t receivers) {
    const std::size_t setups = (receivers + limits::receivers_max - 1) / limits::receivers_max;
    return setups == 0 ? 0 : (receivers + setups - 1) / setups;
}

struct TrackedReceiver {
    Receiver id;
    ReceiverPhase phase = ReceiverPhase::unheard;
    std::uint64_t reached =
        0; // ordinal in the flow (flow.hpp) up to which its datagrams have arrived or are lost
    std::uint32_t window = 0;       // datagrams
    bool reports = true;            // regularly; if not, others do it for it
    bool heard = false;             // it has answered at least once
    std::uint32_t have = 0;         // segments
    int unanswered = 0;             // polls and repeated setups since its last report
    TimePoint silent_since{};       // of the first of those
    TimePoint gained_at{};          // last had more, or missed nothing
    std::uint64_t sent_at_gain = 0; // datagrams of the transfer when it last had more
    Duration held{};                // it alone kept the others waiting, less what was forgiven
    TimePoint held_until{};
    PathWatch path;
    std::uint64_t losses_counted = 0; // transmit number up to which `path` knows what was lost

    [[nodiscard]] bool counted() const {
        return phase == ReceiverPhase::unheard || phase == ReceiverPhase::receiving;
    }
};

class CreditSet {
public:
    // `reached`: of the flow at the start; what went out before belongs to others.
    CreditSet(const std::vector<Receiver>&, std::uint64_t reached, std::uint32_t first_window);

    [[nodiscard]] TrackedReceiver* find(const SessionId&);
    [[nodiscard]] TrackedReceiver* find(NodeId);
    [[nodiscard]] std::vector<TrackedReceiver>& all() { return receivers_; }
    [[nodiscard]] std::vector<Receiver> complete() const;

    // After any change to a receiver. True: the slowest got further, or somebody has more.
    bool sum_up();
    [[nodiscard]] std::size_t counted() const { return counted_; }
    [[nodiscard]] std::size_t unheard() const { return unheard_; }
    [[nodiscard]] bool sampled() const { return receivers_.size() > limits::report_all_max; }
    // However much the receivers would take: what the network does.
    void limit(std::uint32_t window) { limit_ = window; }
    // Of the counted ones that report; meaningless when there are none.
    [[nodiscard]] std::uint64_t slowest() const { return slowest_; }
    [[nodiscard]] std::uint32_t window() const { return std::min(window_, limit_); }
    [[nodiscard]] bool limited() const { return limit_ <= window_; }
    // The window that the receivers granted; they report by its size.
    [[nodiscard]] std::uint32_t granted() const { return window_; }
    // The one that alone is behind, by half a window and more; null: none is.
    [[nodiscard]] TrackedReceiver* laggard();
    // In which the first of the counted ones may have answered. Zero while somebody's time is not known.
    [[nodiscard]] Duration soonest() const;
    // Whether what it gets is not much less than any of the others could: it shares its cable with somebody,
    // who would get nothing if we did not share it.
    [[nodiscard]] bool keeps_up(const TrackedReceiver&) const;
    // Segments at the one that has least, of those counted or complete.
    [[nodiscard]] std::uint32_t least() const { return least_; }

private:
    std::vector<TrackedReceiver> receivers_;
    std::size_t counted_ = 0;
    std::size_t unheard_ = 0;
    std::uint64_t slowest_ = 0;
    std::uint64_t second_slowest_ = 0; // or nobody: the greatest number
    std::uint64_t total_ = 0;          // segments at all of them together
    std::uint32_t window_ = 0;
    std::uint32_t limit_ = limits::credit_window_max;
    std::uint32_t least_ = 0;
};

} // namespace cp::transfer
