// Reliable multicast and unicast of immutable objects: all outgoing and incoming transfers of one core, under
// one memory budget. docs/protocol.md, transfer, has the protocol and the reason of each constant; its model
// is NORM (RFC 5740) with a credit window ahead of the slowest live receiver (TCP's, made multicast) instead
// of timers.
//
// Inputs are authenticated messages from proven sessions; fields may still be nonsense and are checked here.
// Control messages go to the outbox at once; Data and Parity only when the shell asks with pull(), so that it
// never queues in front of anything. Sent payloads are kept alive until forget() or abandon(): views in the
// outbox point into them, or into parity that is kept as long; valid until the next call here. Pure and not
// thread-safe; `now` never decreases. Every call is bounded by the active transfers and their receivers, none
// walks over the segments of an object.
#pragma once

#include "transfer/incoming.hpp"
#include "transfer/outgoing.hpp"

#include <optional>
#include <vector>

namespace cp::transfer {

class Transfers {
public:
    // `budget` outlives this.
    Transfers(const TransfersConfig& config, MemoryBudget& budget, TimePoint now);
    Transfers(const Transfers&) = delete;
    Transfers& operator=(const Transfers&) = delete;

    // --- sending
    // An empty credit set sends nothing: SendFinished at once, nobody lingers. The same object may be sent by
    // several transfers; the calls by object below mean all of them.
    wire::TransferId send(TimePoint now, const SendSpec&, wire::Outbox&);
    void set_essential(const ObjectId&, std::optional<NodeId>);
    // Of an object that is still being made (SendSpec::ready_bytes): so much of it is final now.
    void set_ready(TimePoint now, const ObjectId&, std::uint64_t bytes, wire::Outbox&);
    void abandon(TimePoint now, const ObjectId&, wire::Outbox&); // stop, and tell the receivers
    void forget(const ObjectId&);                                // stop, and tell nobody

    // --- inputs
    void on_setup(TimePoint now, const SessionId& from, const wire::Setup&, wire::Outbox&);
    // Instead of on_setup, when the core knows better: a duplicate is complete, a stranger refused.
    void answer_setup(TimePoint now, const SessionId& from, const wire::Setup&, wire::ReceiverState,
                      wire::Outbox&);
    // `number`: the lane counter of the datagram.
    void on_data(TimePoint now, const SessionId& from, std::uint64_t number, const wire::Data&,
                 wire::Outbox&);
    void on_parity(TimePoint now, const SessionId& from, std::uint64_t number, const wire::Parity&,
                   wire::Outbox&);
    void on_poll(TimePoint now, const SessionId& from, std::uint64_t number, const wire::Poll&,
                 wire::Outbox&);
    void on_report(TimePoint now, const SessionId& from, const wire::Report&, wire::Outbox&);
    void on_abandon(TimePoint now, const SessionId& from, const wire::Abandon&, wire::Outbox&);
    // A member was lost or left: out of every credit set. What it sent here stays for a holder to finish.
    void on_receiver_gone(TimePoint now, const SessionId&, wire::Outbox&);

    // --- time and bulk
    void on_deadline(TimePoint now, wire::Outbox&);
    [[nodiscard]] TimePoint deadline() const { return std::min(outgoing_.deadline(), incoming_.deadline()); }
    // At most so many Data and Parity that credit lets out now, in turns; small objects overtake big ones. 0:
    // nothing to send until some other call. Returns how many were pushed.
    std::size_t pull(TimePoint now, std::size_t max_datagrams, wire::Outbox&);

    // --- objects here
    [[nodiscard]] std::optional<Payload> find(const ObjectId& object) const {
        return incoming_.objects().whole(object);
    }
    [[nodiscard]] bool receiving(const ObjectId& object) const {
        const HeldObject* const held = incoming_.objects().entry(object);
        return held != nullptr && held->partial != nullptr;
    }
    // A part of it is here, and who sends it has said something in that time.
    [[nodiscard]] bool heard_within(TimePoint now, const ObjectId& object, Duration time) const {
        const HeldObject* const held = incoming_.objects().entry(object);
        return held != nullptr && held->partial != nullptr && now - held->heard < time;
    }
    [[nodiscard]] std::uint64_t received_bytes(const ObjectId& object) const {
        return incoming_.objects().received_bytes(object);
    }
    // Of a received or partial object, 0 otherwise: a holder that answers Fetch must use the same.
    [[nodiscard]] std::uint32_t segment_bytes(const ObjectId& object) const {
        const HeldObject* const held = incoming_.objects().entry(object);
        return held != nullptr ? held->layout.segment_bytes : 0;
    }
    // What its Setup reserved for the work on it; 0 when it is not here.
    [[nodiscard]] std::uint64_t work_bytes(const ObjectId& object) const {
        const HeldObject* const held = incoming_.objects().entry(object);
        return held != nullptr ? held->work_bytes : 0;
    }
    // Forgets a received or partial object and gives back its reservation (total and work bytes).
    void release(const ObjectId&);

    // --- facts
    [[nodiscard]] std::vector<Progress> arriving() const { return incoming_.objects().partial(); }
    [[nodiscard]] std::vector<Progress> leaving() const { return outgoing_.unfinished(); }
    [[nodiscard]] std::vector<TransferEvent> take_events();
    [[nodiscard]] const TransferCounters& counters() const { return counters_; }

private:
    [[nodiscard]] Step step(TimePoint now, wire::Outbox& out) { return {now, out, events_, counters_}; }

    std::vector<TransferEvent> events_;
    TransferCounters counters_;
    Incoming incoming_;
    Outgoing outgoing_;
};

} // namespace cp::transfer
