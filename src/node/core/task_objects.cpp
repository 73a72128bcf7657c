// TaskFlow, the bytes: uploads that arrive, results and copies that are sent.
#include "node_core/task_flow.hpp"

#include <algorithm>

namespace cp::node {

using tasks::Admission;

void TaskFlow::on_setup(TimePoint now, const SessionId& from, const wire::Setup& setup, wire::Outbox& out) {
    // Nodes receive uploads only, and one that is settled and forgotten is not work again.
    if (setup.object.kind != ObjectKind::upload)
        return transfers_.answer_setup(now, from, setup, wire::ReceiverState::refused, out);
    lost_.erase(setup.object.task);
    if (ledger_.finished(setup.object.task))
        return transfers_.answer_setup(now, from, setup, wire::ReceiverState::complete, out);
    fetches_.progress(now, setup.object);
    transfers_.on_setup(now, from, setup, out);
    if (!transfers_.receiving(setup.object)) return;
    reconcile_at_ = std::min(reconcile_at_, now + reconcile_every);
    // Declining now, not when the upload is whole, so that the client hears it before the leader's answer.
    const bool first = arriving_.try_emplace(setup.object.task).second;
    if (first && role_ == Role::following && members_.find(from) == nullptr)
        decline(setup.object.task, from, out);
}

void TaskFlow::on_object_complete(TimePoint now, const SessionId& from, const ObjectId& object,
                                  wire::Outbox& out) {
    fetches_.arrived(object);
    lost_.erase(object.task);
    const auto here = arriving_.extract(object.task);
    const auto payload = transfers_.find(object);
    if (!payload || object.kind != ObjectKind::upload) return;
    const auto upload = wire::read_upload(*payload);
    if (!upload || upload->header.task != object.task) { // of a newer version: it would send it for ever
        if (may_answer() && members_.find(from) == nullptr)
            out.to(from, wire::TaskFailed{object.task, epoch_, static_cast<std::uint16_t>(errc::bad_field),
                                          "the nodes cannot read this upload: update them"});
        return transfers_.release(object);
    }

    switch (ledger_.admit(self_, upload->header, wire::stated_digest(payload->view()))) {
    case Admission::fresh: break;
    case Admission::known: return;
    case Admission::conflict: // in counter mode it would reuse a keystream
        out.to(upload->header.reply_to,
               wire::TaskFailed{object.task, epoch_, static_cast<std::uint16_t>(errc::conflict),
                                "this task is known with another content"});
        [[fallthrough]];
    case Admission::finished:
    case Admission::full: return transfers_.release(object);
    }
    ever_held_task_ = true;
    if (!here.empty())
        for (NodeId node : here.mapped()) ledger_.hold(object.task, node);
    reconcile_at_ = std::min(reconcile_at_, now + reconcile_every);
    if (role_ == Role::serving) {
        take_up(now, object.task, out);
        accept_if_safe(now, object.task, out);
    } else if (role_ == Role::following) {
        if (const auto* member = leader()) say(member->session, object.task, out);
    }
}

void TaskFlow::on_send_finished(const transfer::SendFinished& finished) {
    sends_.erase(finished.transfer);
    const ObjectId& object = finished.object;
    const bool ours = results_.contains(object.task) || growing_.contains(object.task);
    if (object.kind == ObjectKind::result && finished.complete.empty() && ours)
        interrupted_.insert(object.task);
    // Whoever still misses something asks again: nothing lingers beyond the last send of an object.
    if (!std::ranges::any_of(sends_, [&](const auto& send) { return send.second.object == finished.object; }))
        transfers_.forget(finished.object);
}

void TaskFlow::on_fetch(TimePoint now, const SessionId& from, const wire::Fetch& fetch, wire::Outbox& out) {
    const auto payload = transfers_.find(fetch.object);
    if (!payload) return say(from, fetch.object.task, out);
    send(now, fetch.object, *payload, from, transfers_.segment_bytes(fetch.object), true, out);
}

void TaskFlow::send(TimePoint now, const ObjectId& object, const Payload& bytes, const SessionId& to,
                    std::uint32_t segment_bytes, bool repairs_only, wire::Outbox& out) {
    transfer::SendSpec spec;
    spec.object = object;
    spec.bytes = bytes;
    spec.segment_bytes = segment_bytes;
    spec.unicast_to = to;
    spec.repairs_only = repairs_only;
    // The other node must be able to work on it, too.
    if (object.kind == ObjectKind::upload) spec.work_bytes = transfers_.work_bytes(object);
    send(now, std::move(spec), out);
}

void TaskFlow::send(TimePoint now, transfer::SendSpec spec, wire::Outbox& out) {
    const Send what{spec.object, *spec.unicast_to};
    if (!sending(what.object, what.to)) sends_[transfers_.send(now, std::move(spec), out)] = what;
}

bool TaskFlow::sending(const ObjectId& object, const SessionId& to) const {
    return std::ranges::any_of(
        sends_, [&](const auto& send) { return send.second.object == object && send.second.to == to; });
}

} // namespace cp::node
