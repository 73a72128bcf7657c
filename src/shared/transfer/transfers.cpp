#include "transfer/transfers.hpp"

#include <utility>

namespace cp::transfer {

Transfers::Transfers(const TransfersConfig& config, MemoryBudget& budget, TimePoint)
    : incoming_{config, budget}, outgoing_{RateLimit{config.max_rate}} {}

wire::TransferId Transfers::send(TimePoint now, const SendSpec& spec, wire::Outbox& out) {
    Step s = step(now, out);
    return outgoing_.send(s, spec);
}

void Transfers::set_essential(const ObjectId& object, std::optional<NodeId> node) {
    outgoing_.set_essential(object, node);
}

void Transfers::set_ready(TimePoint now, const ObjectId& object, std::uint64_t bytes, wire::Outbox& out) {
    Step s = step(now, out);
    outgoing_.set_ready(s, object, bytes);
}

void Transfers::abandon(TimePoint now, const ObjectId& object, wire::Outbox& out) {
    Step s = step(now, out);
    outgoing_.abandon(s, object);
}

void Transfers::forget(const ObjectId& object) { outgoing_.forget(object); }

void Transfers::on_setup(TimePoint now, const SessionId& from, const wire::Setup& setup, wire::Outbox& out) {
    Step s = step(now, out);
    incoming_.on_setup(s, from, setup);
}

void Transfers::answer_setup(TimePoint now, const SessionId& from, const wire::Setup& setup,
                             wire::ReceiverState state, wire::Outbox& out) {
    Step s = step(now, out);
    incoming_.answer_setup(s, from, setup, state);
}

void Transfers::on_data(TimePoint now, const SessionId& from, std::uint64_t number, const wire::Data& data,
                        wire::Outbox& out) {
    Step s = step(now, out);
    incoming_.on_data(s, from, number, data);
}

void Transfers::on_parity(TimePoint now, const SessionId& from, std::uint64_t number,
                          const wire::Parity& parity, wire::Outbox& out) {
    Step s = step(now, out);
    incoming_.on_parity(s, from, number, parity);
}

void Transfers::on_poll(TimePoint now, const SessionId& from, std::uint64_t number, const wire::Poll& poll,
                        wire::Outbox& out) {
    Step s = step(now, out);
    incoming_.on_poll(s, from, number, poll);
}

void Transfers::on_report(TimePoint now, const SessionId& from, const wire::Report& report,
                          wire::Outbox& out) {
    Step s = step(now, out);
    outgoing_.on_report(s, from, report);
}

void Transfers::on_abandon(TimePoint now, const SessionId& from, const wire::Abandon& abandon,
                           wire::Outbox& out) {
    Step s = step(now, out);
    incoming_.on_abandon(s, from, abandon);
}

void Transfers::on_receiver_gone(TimePoint now, const SessionId& session, wire::Outbox& out) {
    Step s = step(now, out);
    outgoing_.on_receiver_gone(s, session);
}

void Transfers::on_deadline(TimePoint now, wire::Outbox& out) {
    Step s = step(now, out);
    incoming_.on_deadline(s);
    outgoing_.on_deadline(s);
}

std::size_t Transfers::pull(TimePoint now, std::size_t max_datagrams, wire::Outbox& out) {
    Step s = step(now, out);
    return outgoing_.pull(s, max_datagrams);
}

void Transfers::release(const ObjectId& object) { incoming_.release(object); }

std::vector<TransferEvent> Transfers::take_events() { return std::exchange(events_, {}); }

} // namespace cp::transfer
