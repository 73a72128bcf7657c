#include "transfer/incoming.hpp"

#include <algorithm>

namespace cp::transfer {
namespace {

using wire::ReceiverState;

constexpr Duration sweep_every = std::chrono::seconds{1};

} // namespace

// --- arrivals

void Incoming::on_data(Step& step, const SessionId& from, std::uint64_t number, const wire::Data& data) {
    Transfer* const transfer = find_transfer(step, from, data.transfer);
    if (transfer == nullptr) return;
    if (HeldObject* const held = transfer->held) {
        const std::uint32_t before = held->partial->map().have();
        const auto arrival = held->partial->on_data(data.segment, data.bytes);
        if (!count(step, *transfer, arrival, held->partial->map().have() - before)) return;
        transfer->feedback.on_segment(data.segment);
    } else {
        ++step.counters.duplicates;
    }
    arrived(step, {from, data.transfer}, *transfer, number, data.report_now);
}

void Incoming::on_parity(Step& step, const SessionId& from, std::uint64_t number,
                         const wire::Parity& parity) {
    Transfer* const transfer = find_transfer(step, from, parity.transfer);
    if (transfer == nullptr) return;
    if (HeldObject* const held = transfer->held) {
        const std::uint32_t before = held->partial->map().have();
        const auto arrival = held->partial->on_parity(parity.block, parity.index, parity.bytes);
        if (!count(step, *transfer, arrival, held->partial->map().have() - before)) return;
        transfer->feedback.on_parity((parity.block + 1) * std::uint32_t{limits::segments_per_block});
    } else {
        ++step.counters.duplicates;
    }
    arrived(step, {from, parity.transfer}, *transfer, number, parity.report_now);
}

// False: it contradicts the Setup, and nothing happened.
bool Incoming::count(Step& step, Transfer& transfer, ObjectReceiver::Arrival arrival,
                     std::uint32_t gained) const {
    using enum ObjectReceiver::Arrival;
    if (arrival == misfit) {
        ++step.counters.misfits;
        return false;
    }
    if (arrival == duplicate) ++step.counters.duplicates;
    step.counters.segments_stored += gained;
    transfer.held->heard = step.now;
    return true;
}

void Incoming::arrived(Step& step, const Key& key, Transfer& transfer, std::uint64_t number,
                       bool report_now) {
    LaneFeedback& lane = transfer.lane();
    lane.on_datagram(step.now, number);
    transfer.heard = step.now;
    if (transfer.held != nullptr && transfer.held->partial->complete()) {
        return complete(step, key.from, *transfer.held);
    }
    const bool due = transfer.held != nullptr && (transfer.feedback.due() || lane.due());
    if (report_now || due) occasion(step, key, transfer, false);
}

void Incoming::on_poll(Step& step, const SessionId& from, std::uint64_t number, const wire::Poll& poll) {
    Transfer* const transfer = find_transfer(step, from, poll.transfer);
    if (transfer == nullptr) return;
    if (poll.sent_segments > transfer->layout.segments()) {
        ++step.counters.misfits;
        return;
    }
    transfer->lane().on_datagram(step.now, number);
    transfer->feedback.on_poll(poll.sent_segments);
    transfer->heard = step.now;
    if (transfer->held != nullptr) transfer->held->heard = step.now;
    occasion(step, {from, poll.transfer}, *transfer, true);
}

void Incoming::on_abandon(Step& step, const SessionId& from, const wire::Abandon& abandon) {
    const auto it = transfers_.find({from, abandon.transfer});
    if (it == transfers_.end() || it->second.object != abandon.object) {
        ++step.counters.unknown_transfer;
        return;
    }
    HeldObject* const held = it->second.held;
    erase(it);
    if (held == nullptr) return;
    for (const auto& [key, other] : transfers_) {
        if (other.held == held) return; // somebody else still sends it
    }
    objects_.erase(abandon.object);
    step.events.emplace_back(ObjectDropped{abandon.object, errc::cancelled});
}

Incoming::Transfer* Incoming::find_transfer(Step& step, const SessionId& from, wire::TransferId id) {
    const auto it = transfers_.find({from, id});
    if (it != transfers_.end()) return &it->second;
    ++step.counters.unknown_transfer;
    return nullptr;
}

// The object is whole: every sender of it hears so at once.
void Incoming::complete(Step& step, const SessionId& from, HeldObject& held) {
    ObjectId object;
    held.whole = held.partial->payload();
    for (auto& [key, transfer] : transfers_) {
        if (transfer.held != &held) continue;
        object = transfer.object;
        transfer.held = nullptr;
        transfer.state = ReceiverState::complete;
        report(step, key, transfer);
    }
    held.partial.reset();
    step.events.emplace_back(ObjectComplete{object, from});
}

// --- objects

void Incoming::release(const ObjectId& object) {
    if (const HeldObject* const held = objects_.entry(object)) detach(*held, ReceiverState::refused);
    objects_.erase(object);
}

// --- time

void Incoming::on_deadline(Step& step) {
    if (step.now < sweep_at_) return;
    for (const ObjectId& object : objects_.silent(step.now)) {
        release(object);
        step.events.emplace_back(ObjectDropped{object, errc::lost});
    }
    for (auto it = transfers_.begin(); it != transfers_.end();) {
        const bool idle = step.now - it->second.heard >= limits::assembly_abandoned_after;
        it = idle ? erase(it) : std::next(it);
    }
    sweep_at_ = never;
    arm(step.now);
}

void Incoming::detach(const HeldObject& held, ReceiverState state) {
    for (auto& [key, transfer] : transfers_) {
        if (transfer.held != &held) continue;
        transfer.held = nullptr;
        transfer.state = state;
    }
}

Incoming::TransferMap::iterator Incoming::erase(TransferMap::iterator it) {
    if (--it->second.peer->transfers == 0) peers_.erase(it->first.from);
    return transfers_.erase(it);
}

// Transfers outlive their assemblies, so an empty table means that nothing is left to forget.
void Incoming::arm(TimePoint now) {
    if (sweep_at_ == never && !transfers_.empty()) sweep_at_ = now + sweep_every;
}

} // namespace cp::transfer
