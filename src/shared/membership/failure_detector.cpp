#include "membership/failure_detector.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <utility>

namespace cp::membership {

FailureDetector::FailureDetector(const DetectorConfig& config) : config_{config} {
    CP_CHECK(config.heartbeat_interval > Duration::zero());
    CP_CHECK(config.failure_timeout > config.heartbeat_interval * 3 / 2);
    CP_CHECK(config.follower_timeout > config.follower_interval);
}

// One and a half beats: one beat is overdue, not merely late.
Duration FailureDetector::suspect_after(const Watched& w) const {
    return w.leader ? config_.heartbeat_interval * 3 / 2 : config_.follower_timeout / 2;
}

Duration FailureDetector::lost_after(const Watched& w) const {
    return w.leader ? config_.failure_timeout : config_.follower_timeout;
}

// Several questions fit into the time that is left, since questions and answers get lost too.
Duration FailureDetector::probe_interval(const Watched& w) const {
    return w.leader ? config_.heartbeat_interval : config_.follower_timeout / 8;
}

TimePoint FailureDetector::due(const Watched& w) const {
    return w.suspected ? std::min(w.heard + lost_after(w), w.next_probe) : w.heard + suspect_after(w);
}

FailureDetector::Watched* FailureDetector::find(NodeId node) {
    const auto at = std::ranges::find(watched_, node, &Watched::node);
    return at != watched_.end() ? &*at : nullptr;
}

void FailureDetector::watch(TimePoint now, NodeId node, const SessionId& session, bool leader) {
    notice_stall(now);
    Watched* w = find(node);
    if (w == nullptr) {
        if (watched_.size() == limits::members_max) return;
        w = &watched_.emplace_back();
    } else if (w->session == session && w->leader == leader) {
        return;
    }
    if (w->suspected) clear(now, *w);
    *w = {.node = node, .session = session, .leader = leader, .heard = now, .next_probe = now};
    deadline_ = std::min(deadline_, due(*w));
}

void FailureDetector::heard(TimePoint now, NodeId node, const SessionId& session) {
    notice_stall(now);
    Watched* w = find(node);
    if (w == nullptr || w->session != session) return;
    w->heard = now;
    // Without a suspicion the deadline may stay as it is: too early at worst. So the common case costs
    // nothing for the other members, at any number of datagrams.
    if (w->suspected) clear(now, *w);
}

void FailureDetector::clear(TimePoint now, Watched& w) {
    w.suspected = false;
    cleared_.push_back(w.node);
    deadline_ = std::min(deadline_, now);
}

void FailureDetector::forget(NodeId node) {
    std::erase_if(watched_, [node](const Watched& w) { return w.node == node; });
    std::erase(cleared_, node);
    if (watched_.empty() && cleared_.empty() && away_ == Duration::zero()) deadline_ = never;
}

std::vector<DetectorEvent> FailureDetector::on_deadline(TimePoint now, wire::Outbox& out) {
    notice_stall(now);
    std::vector<DetectorEvent> events;
    if (away_ != Duration::zero()) events.push_back(Stalled{std::exchange(away_, Duration::zero())});
    for (NodeId node : std::exchange(cleared_, {})) events.push_back(Cleared{node});
    std::erase_if(watched_, [&](Watched& w) {
        const Duration silence = now - w.heard;
        if (silence >= lost_after(w)) {
            events.push_back(Lost{w.node, w.session, w.leader, silence});
            return true;
        }
        if (silence < suspect_after(w)) return false;
        if (!w.suspected) {
            events.push_back(Suspected{w.node, silence});
            w.suspected = true;
            w.next_probe = now;
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
}

// The answers to our own absence wait in the sockets. So nobody is further than "just suspected" after it,
// and has the rest of its timeout to be read.
void FailureDetector::notice_stall(TimePoint now) {
    if (deadline_ == never || now - deadline_ <= config_.failure_timeout / 2) return;
    const Duration away = now - deadline_;
    for (Watched& w : watched_) {
        w.heard = std::min(now, std::max(w.heard + away, now - suspect_after(w)));
        w.next_probe = now;
    }
    away_ += away;
    deadline_ = now;
}

} // namespace cp::membership
