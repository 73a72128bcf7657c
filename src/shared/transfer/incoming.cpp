#include "transfer/incoming.hpp"

#include <algorithm>

namespace cp::transfer {
namespace {

using wire::ReceiverState;

constexpr Duration sweep_every = std::chrono::seconds{1};

ObjectLayout layout_of(const wire::Setup& setup) { return {setup.total_bytes, setup.segment_bytes}; }

} // namespace

// --- setup

void Incoming::on_setup(Step& step, const SessionId& from, const wire::Setup& setup) {
    const bool multicast = !setup.receivers.empty();
    if (multicast &&
        (!config_.self || std::ranges::find(setup.receivers, config_.self) == setup.receivers.end())) {
        ++step.counters.setups_ignored;
        return;
    }
    const Key key{from, setup.transfer};
    if (const auto known = transfers_.find(key); known != transfers_.end()) {
        Transfer& transfer = known->second;
        if (transfer.object != setup.object || transfer.layout != layout_of(setup)) {
            ++step.counters.misfits; // one id, two objects: no honest sender does that
            return;
        }
        transfer.heard = step.now;
        if (transfer.held != nullptr) transfer.held->heard = step.now;
        return report(step, key, transfer);
    }

    HeldObject* held = nullptr;
    ReceiverState state = admit(step, setup, held);
    if (state == ReceiverState::receiving && !make_room(from)) state = ReceiverState::busy;
    if (state == ReceiverState::receiving && held == nullptr) {
        held = objects_.start(setup.object, layout_of(setup), setup.work_bytes);
        if (held == nullptr) state = ReceiverState::busy;
    }
    if (state != ReceiverState::receiving) return answer_setup(step, from, setup, state);

    Peer& peer = peers_[from];
    ++peer.transfers;
    Transfer& transfer = transfers_[key];
    transfer.object = setup.object;
    transfer.layout = held->layout;
    transfer.multicast = multicast;
    transfer.held = held;
    transfer.peer = &peer;
    transfer.heard = held->heard = step.now;
    transfer.lane().on_setup(step.now);
    arm(step.now);
    if (held->partial->complete()) return complete(step, from, *held); // 0 bytes
    report(step, key, transfer);
}

void Incoming::answer_setup(Step& step, const SessionId& from, const wire::Setup& setup,
                            ReceiverState state) {
    if (state == ReceiverState::busy) ++step.counters.busy_answers;
    if (state == ReceiverState::refused) ++step.counters.refusals;
    wire::Report report;
    report.transfer = setup.transfer;
    report.state = state;
    report.window = limits::credit_window_min;
    if (state == ReceiverState::complete && fits(setup)) report.have = layout_of(setup).segments();
    step.out.to(from, std::move(report));
    ++step.counters.reports_sent;
}

bool Incoming::fits(const wire::Setup& setup) const {
    if (setup.segment_bytes < limits::segment_min || setup.segment_bytes > limits::segment_max) return false;
    if (setup.total_bytes > std::min<std::uint64_t>(config_.object_max, limits::object_max)) return false;
    // What could never be reserved would keep its sender waiting for ever if it were called busy.
    return setup.total_bytes <= budget_.limit() && setup.work_bytes <= budget_.limit() - setup.total_bytes;
}

// `receiving` with `held` null: nothing is here of it yet.
ReceiverState Incoming::admit(Step& step, const wire::Setup& setup, HeldObject*& held) {
    if (!fits(setup)) return ReceiverState::refused;
    HeldObject* const here = objects_.entry(setup.object);
    if (here == nullptr) return ReceiverState::receiving;
    if (here->partial == nullptr) {
        return here->layout.total_bytes == setup.total_bytes ? ReceiverState::complete
                                                             : ReceiverState::refused;
    }
    if (here->layout == layout_of(setup)) {
        held = here;
        return ReceiverState::receiving;
    }
    if (here->partial->map().have() != 0) {
        ++step.counters.misfits;
        return ReceiverState::refused;
    }
    release(setup.object); // announced in another shape, but nothing of it ever came
    return ReceiverState::receiving;
}

// Transfers that are only kept for a sender which may have missed our last word make way for new ones.
bool Incoming::make_room(const SessionId& from) {
    const auto peer = peers_.find(from);
    const bool peer_full = peer != peers_.end() && peer->second.transfers >= limits::transfers_per_peer_max;
    if (!peer_full && transfers_.size() < limits::transfers_max) return true;
    auto oldest = transfers_.end();
    for (auto it = transfers_.begin(); it != transfers_.end(); ++it) {
        if (it->second.held != nullptr || (peer_full && it->first.from != from)) continue;
        if (oldest == transfers_.end() || it->second.heard < oldest->second.heard) oldest = it;
    }
    if (oldest == transfers_.end()) return false;
    erase(oldest);
    return true;
}

// --- arrivals

void Incoming::on_data(Step& step, const SessionId& from, std::uint64_t number, const wire::Data& data) {
    Transfer* const transfer = find_transfer(step, from, data.transfer);
    if (transfer == nullptr) return;
    if (transfer->held != nullptr) {
        switch (transfer->held->partial->on_data(data.segment, data.bytes)) {
        case ObjectReceiver::Arrival::misfit: ++step.counters.misfits; return;
        case ObjectReceiver::Arrival::duplicate: ++step.counters.duplicates; break;
        case ObjectReceiver::Arrival::stored: ++step.counters.segments_stored; break;
        }
        transfer->feedback.on_segment(data.segment);
        transfer->held->heard = step.now;
    } else {
        ++step.counters.duplicates;
    }
    LaneFeedback& lane = transfer->lane();
    lane.on_datagram(step.now, number);
    transfer->heard = step.now;
    if (transfer->held != nullptr && transfer->held->partial->complete()) {
        return complete(step, from, *transfer->held);
    }
    const bool due = transfer->held != nullptr && (transfer->feedback.due() || lane.due());
    if (data.report_now || due) report(step, {from, data.transfer}, *transfer);
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
    report(step, {from, poll.transfer}, *transfer);
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

// --- reports

void Incoming::report(Step& step, const Key& key, Transfer& transfer) {
    wire::Report report;
    report.transfer = key.transfer;
    report.state = transfer.state;
    if (transfer.state == ReceiverState::complete) report.have = transfer.layout.segments();
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

// --- objects

void Incoming::keep(const ObjectId& object, Payload payload, MemoryReservation reservation) {
    release(object);
    objects_.keep(object, std::move(payload), std::move(reservation));
}

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
