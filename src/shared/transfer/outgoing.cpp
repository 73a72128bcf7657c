#include "transfer/outgoing.hpp"

#include "base/check.hpp"

#include <algorithm>

namespace cp::transfer {
namespace {

// Datagrams in a row for one transfer: enough to fill a GSO batch of Ethernet datagrams.
constexpr std::size_t turn_max = 40;
// Under a rate limit, worth waking up for.
constexpr std::uint64_t turn_min = 4;
constexpr std::uint64_t ip_and_udp = 28; // bytes
// Segments that are left: less than this overtakes what has more. One block.
constexpr std::size_t small = limits::segments_per_block;
// But of so many turns one belongs to the big ones, however many small ones there are.
constexpr std::size_t big_every = 4;

} // namespace

wire::TransferId Outgoing::send(Step& step, const SendSpec& spec) {
    CP_CHECK(spec.segment_bytes >= limits::segment_min && spec.segment_bytes <= limits::segment_max);
    CP_CHECK(spec.bytes.size() <= limits::object_max);
    CP_CHECK(!spec.unicast_to || spec.receivers.empty());
    const wire::TransferId id{++last_id_};
    if (!spec.unicast_to && spec.receivers.empty()) {
        step.events.emplace_back(SendFinished{spec.object, id, {}, 0, 0});
        return id;
    }
    auto sender = std::make_unique<ObjectSender>(step, id, spec, flow_to(spec.unicast_to));
    activate(*sender);
    senders_.emplace(id, std::move(sender));
    by_object_.emplace(spec.object, id);
    settle();
    return id;
}

void Outgoing::set_essential(const ObjectId& object, std::optional<NodeId> node) {
    for (auto [it, end] = by_object_.equal_range(object); it != end; ++it) {
        senders_.at(it->second)->set_essential(node);
    }
    settle();
}

void Outgoing::set_ready(Step& step, const ObjectId& object, std::uint64_t bytes) {
    for (auto [it, end] = by_object_.equal_range(object); it != end; ++it) {
        senders_.at(it->second)->set_ready(step, bytes);
    }
    settle();
}

void Outgoing::abandon(Step& step, const ObjectId& object) {
    for (auto [it, end] = by_object_.equal_range(object); it != end; ++it) {
        senders_.at(it->second)->abandon(step);
    }
    forget(object);
}

void Outgoing::forget(const ObjectId& object) {
    const auto [begin, end] = by_object_.equal_range(object);
    for (auto it = begin; it != end; ++it) {
        const auto sender = senders_.find(it->second);
        std::erase(active_, sender->second.get());
        senders_.erase(sender);
    }
    by_object_.erase(begin, end);
    settle();
}

void Outgoing::on_report(Step& step, const SessionId& from, const wire::Report& report) {
    const auto found = senders_.find(report.transfer);
    if (found == senders_.end()) {
        ++step.counters.unknown_transfer;
        return;
    }
    ObjectSender& sender = *found->second;
    sender.on_report(step, from, report);
    activate(sender);
    // The number says how far the whole lane has come, not only this transfer.
    const Flow& flow = *sender.flow();
    const std::uint64_t ordinal = flow.reached(std::min(report.highest, flow.last_number()));
    for (ObjectSender* other : active_) {
        if (other != &sender && other->flow() == sender.flow()) other->on_reached(step, from, ordinal);
    }
    settle();
}

void Outgoing::on_receiver_gone(Step& step, const SessionId& session) {
    for (ObjectSender* sender : active_) sender->on_receiver_gone(step, session);
    settle();
}

void Outgoing::on_deadline(Step& step) {
    if (allowed_at_ <= step.now) allowed_at_ = never; // the shell pulls after this
    if (step.now < deadline_) return;
    for (ObjectSender* sender : active_) sender->on_deadline(step);
    settle();
}

std::size_t Outgoing::pull(Step& step, std::size_t max_datagrams) {
    for (ObjectSender* sender : active_) sender->begin_pull();
    std::size_t sent = 0;
    allowed_at_ = never;
    while (sent < max_datagrams) {
        ObjectSender* const sender = next_turn();
        if (sender == nullptr) break;
        const std::uint64_t size = sender->datagram_bytes() + ip_and_udp;
        const std::uint64_t allowance = limit_.allowance(step.now);
        if (allowance == 0) {
            allowed_at_ = limit_.when(size * turn_min);
            break;
        }
        const auto most = static_cast<std::size_t>(std::clamp<std::uint64_t>(allowance / size, 1, turn_max));
        const std::size_t emitted = sender->emit(step, std::min(most, max_datagrams - sent));
        limit_.spend(step.now, emitted * size);
        sent += emitted;
    }
    if (sent > 0) settle();
    return sent;
}

// Round robin in two classes; null when nobody may send.
ObjectSender* Outgoing::next_turn() {
    const std::size_t count = active_.size();
    const auto pick = [&](bool big) -> ObjectSender* {
        for (std::size_t i = 1; i <= count; ++i) {
            const std::size_t at = (turn_of_[big ? 1 : 0] + i) % count;
            ObjectSender* const sender = active_[at];
            const std::size_t waiting = sender->waiting();
            if (waiting == 0 || (waiting > small) != big || sender->credit() == 0) continue;
            turn_of_[big ? 1 : 0] = at;
            return sender;
        }
        return nullptr;
    };
    const bool big_first = ++turns_ % big_every == 0;
    ObjectSender* const first = pick(big_first);
    return first != nullptr ? first : pick(!big_first);
}

void Outgoing::activate(ObjectSender& sender) {
    if (std::ranges::find(active_, &sender) == active_.end()) active_.push_back(&sender);
}

std::vector<Progress> Outgoing::unfinished() const {
    std::vector<Progress> found;
    for (const ObjectSender* sender : active_)
        if (!sender->finished()) found.push_back(sender->progress());
    return found;
}

// Drops from the turns whoever only lingers, and finds the next deadline.
void Outgoing::settle() {
    std::erase_if(active_, [](const ObjectSender* s) {
        return s->finished() && s->waiting() == 0 && s->deadline() == never;
    });
    deadline_ = never;
    for (const ObjectSender* sender : active_) deadline_ = std::min(deadline_, sender->deadline());
}

std::shared_ptr<Flow> Outgoing::flow_to(const std::optional<SessionId>& peer) {
    if (!peer) return group_;
    std::erase_if(peers_, [](const auto& entry) { return entry.second.expired(); });
    std::weak_ptr<Flow>& known = peers_[*peer];
    std::shared_ptr<Flow> flow = known.lock();
    if (flow == nullptr) known = flow = std::make_shared<Flow>();
    return flow;
}

} // namespace cp::transfer
