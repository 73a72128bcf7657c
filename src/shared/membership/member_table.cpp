#include "membership/member_table.hpp"

#include <algorithm>

namespace cp::membership {
namespace {

using namespace std::chrono_literals;
using wire::MemberState;

constexpr Duration shown_when_gone = 60s;
// Longer than three heartbeats of a follower: a life that said nothing for so long does not contradict a new
// one.
constexpr Duration silent_after = 2s;
// Longer than announcements travel, shorter than a person takes to start the second program.
constexpr Duration uptime_tie = 100ms;
// Three beats of the fast profile; a killed program is not back sooner.
constexpr Duration leader_lives_within = 60ms;
// Uptimes come from the wire; beyond 30 years they are all the same.
constexpr std::uint64_t uptime_ms_max = 30ULL * 365 * 24 * 3600 * 1000;

void describe(TimePoint now, Member& member, const wire::Introduction& who) {
    member.heard = now;
    member.started = now - uptime_of(who);
    member.version = who.version;
    member.api = who.api;
    member.link_port = who.link_port;
}

// Alive again in the life that we knew.
Change revive(TimePoint now, Member& member) {
    const bool was_gone = member.state == MemberState::gone;
    member.state = MemberState::alive;
    if (!was_gone) return {};
    member.joined = now;
    return {.kind = ChangeKind::joined, .node = member.node};
}

} // namespace

Duration uptime_of(const wire::Introduction& who) {
    return std::chrono::milliseconds{static_cast<std::int64_t>(std::min(who.uptime_ms, uptime_ms_max))};
}

SessionId younger(const Instance& a, const Instance& b) {
    if (a.uptime + uptime_tie < b.uptime) return a.session;
    if (b.uptime + uptime_tie < a.uptime) return b.session;
    return std::min(a.session, b.session);
}

Change MemberTable::on_introduction(TimePoint now, const SessionId& session, const wire::Introduction& who) {
    if (who.role != wire::Role::node || !who.node || !session) return {};
    if (Member* known = lookup(who.node)) {
        if (known->session == session) return introduce_again(now, *known, who);
        // A leader beats often: one that was heard just now lives, whatever a second program of its id
        // claims.
        const bool leads_now = known->leading && now - known->heard < leader_lives_within;
        const bool old_life_ended = (who.incarnation > known->incarnation && !leads_now) ||
                                    known->state != MemberState::alive || now - known->heard > silent_after;
        if (old_life_ended) return replace(now, *known, session, who);
        return {.kind = ChangeKind::duplicate,
                .node = who.node,
                .goes = younger({session, uptime_of(who)}, {known->session, now - known->started})};
    }
    if (!make_room()) return {};
    Member member{.node = who.node, .session = session, .incarnation = who.incarnation, .joined = now};
    describe(now, member, who);
    members_.insert(position(who.node), std::move(member));
    return {.kind = ChangeKind::joined, .node = who.node};
}

Change MemberTable::introduce_again(TimePoint now, Member& known, const wire::Introduction& who) {
    describe(now, known, who);
    return revive(now, known);
}

Change MemberTable::replace(TimePoint now, Member& known, const SessionId& session,
                            const wire::Introduction& who) {
    Change change{.kind = ChangeKind::rejoined, .node = who.node, .replaced = known.session};
    known = {.node = who.node, .session = session, .incarnation = who.incarnation, .joined = now};
    describe(now, known, who);
    return change;
}

Change MemberTable::on_heartbeat(TimePoint now, const SessionId& session, const wire::Heartbeat& beat) {
    Member* member = lookup(beat.node);
    if (member == nullptr || member->session != session) return {};
    member->heard = now;
    member->leading = beat.leading;
    member->told = true;
    member->load = beat.load;
    member->tasks = beat.tasks;
    return revive(now, *member);
}

void MemberTable::on_load_parts(const SessionId& session, const wire::LoadParts& parts) {
    Member* member = lookup(parts.node);
    if (member == nullptr || member->session != session) return;
    constexpr std::uint8_t all = 100;
    member->load_parts = {parts.node, std::min(parts.cpu_percent, all), std::min(parts.memory_percent, all)};
}

Change MemberTable::on_heard(TimePoint now, const SessionId& session) {
    Member* member = lookup(session);
    if (member == nullptr) return {};
    member->heard = now;
    return revive(now, *member);
}

void MemberTable::mark(NodeId node, MemberState state) {
    Member* member = lookup(node);
    if (member == nullptr) return;
    member->state = state;
    if (state == MemberState::gone) member->leading = false;
}

void MemberTable::expire(TimePoint now) {
    std::erase_if(members_, [now](const Member& m) {
        return m.state == MemberState::gone && now - m.heard > shown_when_gone;
    });
}

const Member* MemberTable::find(NodeId node) const {
    const auto at = std::ranges::lower_bound(members_, node, {}, &Member::node);
    return at != members_.end() && at->node == node ? &*at : nullptr;
}

const Member* MemberTable::find(const SessionId& session) const {
    const auto at = std::ranges::find(members_, session, &Member::session);
    return at != members_.end() ? &*at : nullptr;
}

std::vector<NodeId> MemberTable::alive() const {
    std::vector<NodeId> ids;
    for (const Member& m : members_) {
        if (m.state != MemberState::gone) ids.push_back(m.node);
    }
    return ids;
}

std::vector<Member>::iterator MemberTable::position(NodeId node) {
    return std::ranges::lower_bound(members_, node, {}, &Member::node);
}

Member* MemberTable::lookup(NodeId node) {
    const auto at = position(node);
    return at != members_.end() && at->node == node ? &*at : nullptr;
}

Member* MemberTable::lookup(const SessionId& session) {
    const auto at = std::ranges::find(members_, session, &Member::session);
    return at != members_.end() ? &*at : nullptr;
}

// A newcomer takes the place of the member that is gone for longest; never of a live one.
bool MemberTable::make_room() {
    if (members_.size() < limits::members_max) return true;
    auto oldest = members_.end();
    for (auto m = members_.begin(); m != members_.end(); ++m) {
        if (m->state != MemberState::gone) continue;
        if (oldest == members_.end() || m->heard < oldest->heard) oldest = m;
    }
    if (oldest == members_.end()) return false;
    members_.erase(oldest);
    return true;
}

} // namespace cp::membership
