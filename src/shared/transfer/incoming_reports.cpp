// Incoming, what it says: when one of many speaks, and what stands in a report.
#include "transfer/incoming.hpp"

namespace cp::transfer {
namespace {

// Of splitmix64: every bit of the result depends on every bit of `word`.
std::uint64_t mixed(std::uint64_t word) {
    word = (word ^ (word >> 30U)) * 0xbf58476d1ce4e5b9U;
    word = (word ^ (word >> 27U)) * 0x94d049bb133111ebU;
    return word ^ (word >> 31U);
}

} // namespace

// A report is asked for, or due: one of many may leave it to others.
void Incoming::occasion(Step& step, const Key& key, Transfer& transfer, bool polled) {
    if (transfer.held != nullptr && !transfer.place.reports()) {
        if (transfer.occasion && step.now - *transfer.occasion < limits::sample_interval) return;
        transfer.occasion = step.now;
        // Not a random generator: only different for each receiver and occasion, and the same in every run.
        const std::uint64_t chance =
            mixed(config_.self.value ^ std::uint64_t{key.transfer.value} << 32U) + mixed(++occasions_);
        if (!transfer.feedback.speaks(transfer.place, transfer.held->partial->map(), polled, mixed(chance))) {
            return transfer.lane().kept_silent();
        }
    }
    report(step, key, transfer);
}

void Incoming::report(Step& step, const Key& key, Transfer& transfer) {
    wire::Report report;
    report.transfer = key.transfer;
    report.state = transfer.state;
    if (transfer.state == wire::ReceiverState::complete) report.have = transfer.layout.segments();
    const SegmentMap* const map = transfer.held != nullptr ? &transfer.held->partial->map() : nullptr;
    transfer.feedback.write(report, map, window_for(step, transfer), transfer.lane());
    step.out.to(key.from, std::move(report));
    ++step.counters.reports_sent;
}

std::uint32_t Incoming::window_for(Step& step, const Transfer& transfer) const {
    std::size_t senders = 1; // the one that is asked for, active or about to be
    for (const auto& [session, peer] : peers_) {
        const LaneFeedback& lane = transfer.multicast ? peer.multicast : peer.unicast;
        if (&peer != transfer.peer && lane.active(step.now)) ++senders;
    }
    return receive_window(config_.receive_capacity, transfer.layout.segment_bytes, senders);
}

} // namespace cp::transfer
