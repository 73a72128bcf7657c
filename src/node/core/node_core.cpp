#include "node_core/node_core.hpp"

#include "base/overloaded.hpp"

#include <algorithm>

namespace cp::node {
namespace {

using namespace std::chrono_literals;

constexpr auto announce_again_after = 60ms; // once: whoever missed the first one
constexpr auto parts_every = 1s;
constexpr auto beat_pause = 5ms; // however many ask whether we live

transfer::TransfersConfig transfers_of(const NodeConfig& config) {
    transfer::TransfersConfig transfers;
    transfers.self = config.id;
    transfers.receive_capacity = config.receive_capacity;
    transfers.object_max = config.image_max + limits::object_overhead_max;
    transfers.max_rate = config.max_rate;
    return transfers;
}

ClientId run_of(const SessionId& session) { return {ByteReader{session.bytes}.u64()}; }

} // namespace

NodeCore::NodeCore(const NodeConfig& config, TimePoint now)
    : config_{config}, started_{now}, sessions_{config.identity}, budget_{config.memory_budget},
      detector_{config.id, config.detector}, bully_{config.id, config.incarnation, config.highest_seen,
                                                    config.election, now},
      quorum_{{config.quorum, config.detector.failure_timeout}, now}, transfers_{transfers_of(config),
                                                                                 budget_, now},
      tasks_{{config.id, config.dispatch, config.segment_bytes, config.result_ttl}, transfers_, members_},
      replication_{config.id, run_of(config.identity.session), config.segment_bytes, transfers_, members_} {
    sessions_.introduce(introduction(), now);
}

wire::Introduction NodeCore::introduction() const {
    return {wire::Role::node, config_.id,  config_.incarnation, 0,
            config_.version,  config_.api, config_.link_port};
}

void NodeCore::start(TimePoint now, wire::Outbox& out) {
    out.to_group(wire::Announce{introduction()});
    announce_again_ = now + announce_again_after;
    beat_at_ = now + config_.detector.follower_interval;
}

void NodeCore::on_datagram(TimePoint now, std::span<std::byte> datagram, const Endpoint& from,
                           wire::Outbox& out) {
    if (gone_) return;
    wake(now, out);
    auto opened = sessions_.open(now, datagram, from, out);
    if (!opened) {
        ++refused_[code_of(opened.error())];
        return;
    }
    on_opened(now, *opened, out);
    settle(now, out);
}

// A node that was away doubts itself first: after a short absence it carries on and says so at once, after
// one in which others may have elected somebody it stops leading and listens.
void NodeCore::wake(TimePoint now, wire::Outbox& out) {
    const Duration away = detector_.wake(now);
    tasks_.set_lease(now, quorum_.holds(now), out);
    if (away == Duration::zero()) return;
    events_.push_back(Stalled{away});
    beat_at_ = now;
    if (away >= config_.detector.failure_timeout) {
        bully_.on_stalled(now);
        settle(now, out);
    }
}

void NodeCore::on_deadline(TimePoint now, wire::Outbox& out) {
    if (gone_) return;
    wake(now, out);
    for (const auto& event : detector_.on_deadline(now, out)) {
        std::visit(Overloaded{
                       [&](const membership::Suspected& e) {
                           members_.mark(e.node, wire::MemberState::suspect);
                           bully_.on_gap(now, e.node);
                           events_.push_back(MemberSuspected{e.node});
                       },
                       [&](const membership::Cleared& e) {
                           members_.mark(e.node, wire::MemberState::alive);
                           bully_.on_gap(now, e.node);
                       },
                       [&](const membership::Lost& e) { on_lost(now, e.node, false, out); },
                   },
                   event);
    }
    bully_.on_deadline(now, out);
    transfers_.on_deadline(now, out);
    tasks_.on_deadline(now, out);
    members_.expire(now);
    if (now >= announce_again_) {
        announce_again_ = never;
        out.to_group(wire::Announce{introduction()});
    }
    settle(now, out);
    if (now >= beat_at_) beat(now, out);
    detector_.keep_time(beat_at_);
}

TimePoint NodeCore::deadline() const {
    if (gone_) return never;
    return std::min({detector_.deadline(), bully_.deadline(), transfers_.deadline(), tasks_.deadline(),
                     beat_at_, announce_again_});
}

std::size_t NodeCore::pull(TimePoint now, std::size_t max_datagrams, wire::Outbox& out) {
    return gone_ ? 0 : transfers_.pull(now, max_datagrams, out);
}

void NodeCore::on_work_under_way(TimePoint now, const TaskId& id, const Payload& answer, std::uint64_t ready,
                                 wire::Outbox& out) {
    if (gone_) return;
    wake(now, out);
    tasks_.on_work_under_way(now, id, answer, ready, out);
    settle(now, out);
}

void NodeCore::on_work_done(TimePoint now, const TaskId& id, const Outcome<Payload>& result,
                            wire::Outbox& out) {
    if (gone_) return;
    wake(now, out);
    tasks_.on_work_done(now, id, result, out);
    settle(now, out);
}

std::uint32_t NodeCore::replicate(TimePoint now, Payload object, std::optional<NodeId> to,
                                  wire::Outbox& out) {
    const std::uint32_t number = replication_.send(now, std::move(object), to, out);
    settle(now, out); // with nobody to send to it has ended already
    return number;
}

void NodeCore::leave(TimePoint now, wire::Outbox& out) {
    bully_.hand_over(out);
    settle(now, out);
    out.to_group(wire::Leave{config_.id});
    gone_ = true;
}

void NodeCore::beat_soon(TimePoint now) {
    beat_at_ = std::min(beat_at_, std::max(now, beaten_ + beat_pause));
}

void NodeCore::beat(TimePoint now, wire::Outbox& out) {
    const bool leading = bully_.leading();
    beaten_ = now;
    bully_.set_load(now, config_.id, load_);
    beat_at_ = now + (leading ? config_.detector.heartbeat_interval : config_.detector.follower_interval);
    wire::Heartbeat heartbeat;
    heartbeat.node = config_.id;
    heartbeat.epoch = leading ? bully_.leader()->epoch : bully_.highest_seen();
    heartbeat.leading = leading;
    heartbeat.serving = leading && tasks_.serving() && quorum_.holds(now);
    heartbeat.load = load_;
    heartbeat.tasks =
        static_cast<std::uint16_t>(std::min<std::size_t>(tasks_.ledger().open().size(), UINT16_MAX));
    heartbeat.followers = bully_.followers();
    out.to_group(heartbeat);
    if (load_parts_ && now >= parts_due_) {
        out.to_group(*load_parts_);
        parts_due_ = now + parts_every;
    }
    note_sent(now, out);
}

void NodeCore::settle(TimePoint now, wire::Outbox& out) {
    for (const auto& event : transfers_.take_events()) {
        if (const auto* complete = std::get_if<transfer::ObjectComplete>(&event)) {
            if (complete->object.kind == ObjectKind::stored)
                replication_.on_complete(*complete);
            else
                tasks_.on_object_complete(now, complete->from, complete->object, out);
        } else if (const auto* finished = std::get_if<transfer::SendFinished>(&event)) {
            if (finished->object.kind == ObjectKind::stored)
                replication_.on_finished(*finished);
            else
                tasks_.on_send_finished(*finished);
        } else if (const auto* changed = std::get_if<transfer::ReceiverChanged>(&event)) {
            // Later a client refuses what it has dropped: it may still want it.
            const bool at_once = changed->phase == transfer::ReceiverPhase::refused &&
                                 changed->before == transfer::ReceiverPhase::unheard;
            if (at_once && changed->object.kind == ObjectKind::result)
                tasks_.on_answer_refused(now, changed->object.task, out);
        }
    }
    if (tasks_.ever_held_task()) bully_.set_ever_held_task();
    if (const NodeId doubted = bully_.take_doubt()) detector_.suspect(now, doubted);

    if (const NodeId offered = bully_.offered_to(); offered != offered_to_) {
        offered_to_ = offered;
        if (offered) events_.push_back(HandedOver{offered});
    }
    if (const auto leader = bully_.leader(); leader != followed_) {
        follow(now, leader, out);
        beat_at_ = now; // everybody hears at once who leads, and that we do not any more
    }
    if (const bool serving = tasks_.serving(); std::exchange(served_, serving) != serving)
        beat_at_ = now; // clients ask at once what became of their tasks
    for (auto& event : tasks_.take_events()) events_.push_back(std::move(event));
    note_sent(now, out);
}

// What the leader asked for is known by when it was sent.
void NodeCore::note_sent(TimePoint now, const wire::Outbox& out) {
    if (!quorum_.on()) return;
    for (const auto& item : out.items()) quorum_.on_sent(now, item);
}

void NodeCore::follow(TimePoint now, const std::optional<election::Leader>& leader, wire::Outbox& out) {
    const auto before = std::exchange(followed_, leader);
    const bool changed = !before || !leader || before->node != leader->node;
    const auto watch = [&](NodeId node, bool leads) {
        if (const auto* member = members_.find(node);
            member != nullptr && member->state != wire::MemberState::gone)
            detector_.watch(now, node, member->session, leads);
    };
    events_.push_back(LeaderChanged{leader ? leader->node : NodeId{},
                                    leader ? leader->epoch : bully_.highest_seen(), bully_.reason()});
    if (before && changed) watch(before->node, false);
    if (!leader || leader->node != config_.id) quorum_.ended();
    if (!leader) return tasks_.no_leader();
    if (leader->node == config_.id) {
        quorum_.began(leader->epoch);
        return tasks_.lead(now, leader->epoch, out);
    }
    watch(leader->node, true);
    tasks_.follow(now, leader->node, leader->epoch, out);
}

} // namespace cp::node
