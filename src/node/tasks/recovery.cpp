#include "tasks/recovery.hpp"

#include <algorithm>

namespace cp::tasks {

void Recovery::begin(TimePoint now, const Epoch& epoch, const std::set<NodeId>& live, wire::Outbox& out) {
    epoch_ = epoch;
    waiting_for_.clear();
    for (NodeId node : live) waiting_for_.emplace(node, 0);
    recovering_ = true;
    expired_ = false;
    end_ = now + window;
    gap_ = ask_again_after;
    ask_again_ = now + gap_;
    if (!waiting_for_.empty()) out.to_group(wire::LedgerQuery{epoch_});
}

void Recovery::stop() {
    recovering_ = false;
    waiting_for_.clear();
}

void Recovery::on_summary(NodeId from, const wire::LedgerSummary& summary) {
    if (!recovering_ || summary.epoch != epoch_) return;
    const auto found = waiting_for_.find(from);
    if (found == waiting_for_.end()) return;
    // Parts of a repeated answer may be counted twice; that only ends the wait early, never the merging.
    found->second += summary.entries.size();
    if (found->second >= summary.total) waiting_for_.erase(found);
}

void Recovery::on_deadline(TimePoint now, wire::Outbox& out) {
    if (!recovering_ || waiting_for_.empty()) return;
    if (now >= end_) expired_ = true;
    if (!expired_ && now >= ask_again_) {
        gap_ *= 2;
        ask_again_ = now + gap_;
        out.to_group(wire::LedgerQuery{epoch_});
    }
}

TimePoint Recovery::deadline() const {
    if (!recovering_) return never;
    if (waiting_for_.empty() || expired_) return TimePoint::min(); // finished: the owner should look now
    return std::min(ask_again_, end_);
}

} // namespace cp::tasks
