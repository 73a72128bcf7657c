#include "membership/failure_detector.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <utility>

namespace cp::membership {

namespace {

// Whoever asked or answered within this time has done it for the others, too.
constexpr Duration spoken_for = std::chrono::milliseconds{5};
// Which probe of a suspicion comes with a question to the group. A lost datagram is the common reason, so the
// suspect is asked alone at first; and where there are many nodes, witnesses ask before the others do.
constexpr unsigned witness_asks_with = 2;
constexpr unsigned others_ask_with = 4;

} // namespace

FailureDetector::FailureDetector(NodeId self, const DetectorConfig& config) : self_{self}, config_{config} {
    CP_CHECK(config.heartbeat_interval > Duration::zero());
    CP_CHECK(config.failure_timeout > config.heartbeat_interval * 3 / 2);
    CP_CHECK(config.follower_timeout > config.follower_interval);
}

// A tenth is more than a beat is ever late on a machine that is not overloaded.
Duration FailureDetector::overdue_after() const { return config_.heartbeat_interval * 11 / 10; }

// One and a half beats: one beat is missing, not merely late.
Duration FailureDetector::suspect_after(const Watched& w) const {
    return w.leader ? config_.heartbeat_interval * 3 / 2 : config_.follower_timeout / 2;
}

Duration FailureDetector::lost_after(const Watched& w) const {
    return w.leader ? config_.failure_timeout : config_.follower_timeout;
}

// Several questions fit into the time that is left, since questions and answers get lost too.
Duration FailureDetector::probe_interval(const Watched& w) const {
    return w.leader ? config_.heartbeat_interval / 2 : config_.follower_timeout / 8;
}

// Nobody is lost before the others had their say. It takes two to be certain: our own cable may be the one
// that is cut.
TimePoint FailureDetector::lost_at(const Watched& w) const {
    const TimePoint silent = w.vouched + (w.unreachable && w.agreed ? suspect_after(w) : lost_after(w));
    if (!asks_about(w)) return silent;
    return w.asked > w.vouched ? std::max(silent, w.asked + config_.veto_window) : never;
}

TimePoint FailureDetector::due(const Watched& w) const {
    if (w.suspected) return std::min(lost_at(w), w.next_probe);
    return w.heard + (asks_about(w) && !w.overdue ? overdue_after() : suspect_after(w));
}

FailureDetector::Watched* FailureDetector::find(NodeId node) {
    const auto at = std::ranges::find(watched_, node, &Watched::node);
    return at != watched_.end() ? &*at : nullptr;
}

// The answers to our own absence wait in the sockets. So nobody is further than "just suspected" after it,
// and has the rest of its timeout to be read.
Duration FailureDetector::wake(TimePoint now) {
    const TimePoint due_first = std::min(deadline_, wakes_);
    if (due_first == never || now - due_first <= config_.failure_timeout / 2) return {};
    const Duration away = now - due_first;
    for (Watched& w : watched_) {
        const TimePoint just_suspected = now - suspect_after(w);
        w.heard = std::min(now, std::max(w.heard + away, just_suspected));
        w.vouched = std::max(w.heard, std::min(now, w.vouched));
        w.next_probe = now;
        w.asked = TimePoint::min();
        w.overdue = w.unreachable = w.agreed = false;
    }
    deadline_ = now;
    wakes_ = never; // until the owner has set its timers anew
    return away;
}

void FailureDetector::watch(TimePoint now, NodeId node, const SessionId& session, bool leader) {
    Watched* w = find(node);
    if (w == nullptr) {
        if (watched_.size() == limits::members_max) return;
        w = &watched_.emplace_back();
    } else if (w->session == session && w->leader == leader) {
        return;
    }
    if (w->suspected) clear(now, *w);
    *w = {
        .node = node, .session = session, .leader = leader, .heard = now, .vouched = now, .next_probe = now};
    deadline_ = std::min(deadline_, due(*w));
}

void FailureDetector::heard(TimePoint now, NodeId node, const SessionId& session) {
    Watched* w = find(node);
    if (w == nullptr || w->session != session) return;
    w->heard = w->vouched = now;
    // Without a suspicion the deadline may stay as it is: too early at worst. So the common case costs
    // nothing for the other members, at any number of datagrams.
    w->overdue = w->agreed = false; // what another said of it before, it has disproved
    if (w->suspected) clear(now, *w);
}

void FailureDetector::clear(TimePoint now, Watched& w) {
    w.overdue = w.suspected = w.unreachable = w.agreed = false;
    w.probes = 0;
    w.asked = TimePoint::min();
    if (std::exchange(w.told, false)) cleared_.push_back(w.node);
    deadline_ = std::min(deadline_, now);
}

void FailureDetector::suspect(TimePoint now, NodeId node) {
    Watched* w = find(node);
    if (w == nullptr || w->suspected) return;
    w->overdue = w->suspected = true;
    w->probes = others_ask_with;
    w->next_probe = now;
    deadline_ = std::min(deadline_, now);
}

bool FailureDetector::overdue(NodeId node) const {
    const auto at = std::ranges::find(watched_, node, &Watched::node);
    return at != watched_.end() && at->overdue && asks_about(*at) && (at->agreed || witness_for(node));
}

void FailureDetector::unreachable(TimePoint now, NodeId node) {
    Watched* w = find(node);
    if (w == nullptr || !w->overdue) return;
    suspect(now, node);
    w->unreachable = true;
    w->probes = std::max(w->probes, others_ask_with); // with the next one, the group is asked
    w->next_probe = now;
    deadline_ = std::min(deadline_, now);
}

void FailureDetector::forget(NodeId node) {
    std::erase_if(watched_, [node](const Watched& w) { return w.node == node; });
    std::erase(cleared_, node);
    if (watched_.empty() && cleared_.empty()) deadline_ = never;
}

void FailureDetector::on_heard_from(TimePoint now, const wire::HeardFrom& question, wire::Outbox& out) {
    Watched* w = find(question.node);
    if (w == nullptr || w->session != question.session) return;
    w->asked = std::max(w->asked, now);
    if (w->unreachable || now - w->heard < suspect_after(*w)) tell(now, *w, out);
}

// What we know of a suspect, for all who ask.
void FailureDetector::tell(TimePoint now, Watched& w, wire::Outbox& out) {
    if (!witness_for(w.node) || w.answered + spoken_for > now) return;
    w.answered = now;
    out.to_group(
        wire::Heard{w.node, w.session, static_cast<std::uint32_t>(to_ms(now - w.heard)), w.unreachable});
}

void FailureDetector::on_heard(TimePoint now, const wire::Heard& word) {
    Watched* w = find(word.node);
    if (w == nullptr || w->session != word.session) return;
    const auto age = std::min<Duration>(std::chrono::milliseconds{word.age_ms}, lost_after(*w));
    w->vouched = std::max(w->vouched, now - age);
    w->agreed = word.unreachable;
    if (w->suspected) deadline_ = std::min(deadline_, now);
}

// The live nodes stand in a ring by id; the first few after the suspect speak for all.
bool FailureDetector::witness_for(NodeId suspect) const {
    if (!self_) return false;
    const auto steps_to = [&](NodeId node) { return node.value - suspect.value; }; // wraps around
    const auto before_us = std::ranges::count_if(
        watched_, [&](const Watched& w) { return w.node != suspect && steps_to(w.node) < steps_to(self_); });
    return static_cast<std::size_t>(before_us) < config_.witnesses;
}

std::vector<DetectorEvent> FailureDetector::on_deadline(TimePoint now, wire::Outbox& out) {
    std::vector<DetectorEvent> events;
    for (NodeId node : std::exchange(cleared_, {})) events.push_back(Cleared{node});
    std::erase_if(watched_, [&](Watched& w) {
        const Duration silence = now - w.heard;
        w.overdue = w.overdue || (asks_about(w) && silence >= overdue_after());
        if (!w.suspected && silence < suspect_after(w)) return false;
        if (!std::exchange(w.suspected, true)) w.next_probe = now;
        if (!std::exchange(w.told, true)) events.push_back(Suspected{w.node});
        if (now >= lost_at(w)) {
            events.push_back(Lost{w.node, w.session, w.leader});
            return true;
        }
        if (now >= w.next_probe) probe(now, w, out);
        return false;
    });
    deadline_ = never;
    for (const Watched& w : watched_) deadline_ = std::min(deadline_, due(w));
    return events;
}

void FailureDetector::probe(TimePoint now, Watched& w, wire::Outbox& out) {
    out.to(w.session, wire::Probe{++token_});
    w.next_probe = now + probe_interval(w);
    ++w.probes;
    if (w.unreachable) tell(now, w, out);
    if (!asks_about(w) || w.asked + spoken_for > now) return;
    if (w.probes < (witness_for(w.node) ? witness_asks_with : others_ask_with)) return;
    w.asked = now;
    out.to_group(wire::HeardFrom{w.node, w.session});
}

} // namespace cp::membership
