// What a new leader does before it serves: ask every live node for its ledger, and wait until all answered or
// the window is over. A freshly started highest id takes over with an empty ledger; serving before it has
// asked would lose what the others hold.
//
// Usage: begin() when this node becomes leader; on_summary() for every LedgerSummary; on_deadline(); serve
// when finished(). One object serves all terms: begin() starts over.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"
#include "wire/outbox.hpp"

#include <map>
#include <set>

namespace cp::tasks {

class Recovery {
public:
    static constexpr Duration ask_again_after = std::chrono::milliseconds{5}; // doubling: one was lost
    static constexpr Duration window = std::chrono::milliseconds{60};         // then serve with what is known

    void begin(TimePoint now, const Epoch&, const std::set<NodeId>& live, wire::Outbox&);
    void stop(); // no longer leader
    void on_summary(NodeId from, const wire::LedgerSummary&);
    // Not waited for any more: it is gone, or was silent before it was asked. What it says still counts.
    void excuse(NodeId node) { waiting_for_.erase(node); }
    void on_deadline(TimePoint now, wire::Outbox&);

    [[nodiscard]] TimePoint deadline() const;
    [[nodiscard]] bool recovering() const { return recovering_; }
    [[nodiscard]] bool asked_again() const { return recovering_ && gap_ > ask_again_after; }
    [[nodiscard]] bool finished() const { return recovering_ && (waiting_for_.empty() || expired_); }

private:
    Epoch epoch_;
    std::map<NodeId, std::size_t> waiting_for_; // entries that each has sent so far
    bool recovering_ = false;
    bool expired_ = false;
    Duration gap_{};
    TimePoint ask_again_ = never;
    TimePoint end_ = never;
};

} // namespace cp::tasks
