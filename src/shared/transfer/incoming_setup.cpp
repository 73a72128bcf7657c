// Incoming, what a Setup makes: a transfer with memory of its own, or the reason why not.
#include "transfer/incoming.hpp"

#include <algorithm>

namespace cp::transfer {
namespace {

using wire::ReceiverState;

ObjectLayout layout_of(const wire::Setup& setup) { return {setup.total_bytes, setup.segment_bytes}; }

} // namespace

void Incoming::on_setup(Step& step, const SessionId& from, const wire::Setup& setup) {
    const bool multicast = !setup.receivers.empty();
    const auto named = std::ranges::find(setup.receivers, config_.self);
    if (multicast && (!config_.self || named == setup.receivers.end())) {
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
    if (multicast) {
        transfer.place = {static_cast<std::uint32_t>(setup.receivers.size()),
                          static_cast<std::uint32_t>(named - setup.receivers.begin())};
    }
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
    // Of two shapes of one object the first wins while somebody sends it, be it that the other comes later: a
    // new leader's answer need not have the size of the one that died with the old leader.
    if (here->partial->map().have() != 0 && step.now - here->heard < limits::no_gain_after) {
        ++step.counters.misfits;
        return ReceiverState::busy;
    }
    release(setup.object);
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

} // namespace cp::transfer
