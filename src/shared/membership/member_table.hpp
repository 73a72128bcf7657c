// Who is there: one entry for each node that introduced itself, used by nodes and by clients. A view of one
// observer, not an agreement; two observers may differ for as long as their failure detectors do.
//
// Only proven sessions come in here, and what a member says about itself is believed. The owner is not in its
// own table: what is said under the owner's id concerns the owner (see `younger`). Clients are no members.
//
// Plain data, not thread-safe, no clock: `now` never goes backwards between calls. At most
// limits::members_max entries; pointers and spans live until the next call that is not const.
#pragma once

#include "base/time.hpp"
#include "wire/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cp::membership {

struct Member {
    NodeId node{};
    SessionId session{};
    std::uint64_t incarnation = 0;
    wire::MemberState state = wire::MemberState::alive;
    bool leading = false;                        // as it says itself; of two that say so, election decides
    bool told = false;                           // a heartbeat came in this life: the next two are known
    std::uint16_t load = 0;                      // hundredths of the score
    std::uint16_t tasks = 0;                     // open in its ledger
    std::optional<wire::LoadParts> load_parts{}; // older programs do not tell
    TimePoint heard{};
    TimePoint joined{};  // when it last became alive here
    TimePoint started{}; // of its program, by our clock
    std::string version{};
    std::string api{}; // HTTP address, empty when off
    std::uint16_t link_port = 0;
};

enum class ChangeKind : std::uint8_t {
    none,      // nothing that others need to know
    joined,    // new here, or back in the same life after it was gone
    rejoined,  // another life of a known node: whatever the old life did (leading) has ended
    duplicate, // two live programs use one id; nothing was changed
};

struct Change {
    ChangeKind kind = ChangeKind::none;
    NodeId node{};
    SessionId replaced{}; // rejoined: the session of the old life
    SessionId goes{};     // duplicate: the younger of the two, which has to leave
};

// As it says, bounded: it comes from the wire.
[[nodiscard]] Duration uptime_of(const wire::Introduction&);

// One running program as its introduction describes it, seen at one moment.
struct Instance {
    SessionId session{};
    Duration uptime{};
};

// Of two programs under one id, the one that has to go. Both judge by the other's announced uptime, which is
// old by a network delay; so uptimes that are closer than that are a tie, which the session ids settle: the
// lower one goes.
[[nodiscard]] SessionId younger(const Instance&, const Instance&);

class MemberTable {
public:
    // A Proof or Announce of a proven session. A table that is full of live members ignores newcomers.
    Change on_introduction(TimePoint now, const SessionId&, const wire::Introduction&);
    // Never `rejoined` or `duplicate`; a session that never introduced itself is ignored.
    Change on_heartbeat(TimePoint now, const SessionId&, const wire::Heartbeat&);
    void on_load_parts(const SessionId&, const wire::LoadParts&);

    // Any other datagram of a member is a sign of life too: it brings back who was gone, so that nothing is
    // ever believed of a node that counts as gone. Give every datagram here before its message is acted upon.
    Change on_heard(TimePoint now, const SessionId&);

    // What the failure detector or a Leave says. Unknown nodes are ignored.
    void mark(NodeId, wire::MemberState);
    // Drops those that are gone and were silent for a minute; until then they are shown.
    void expire(TimePoint now);

    // nullptr when unknown.
    [[nodiscard]] const Member* find(NodeId) const;
    [[nodiscard]] const Member* find(const SessionId&) const;

    // The live ones: not gone. A suspect is alive until it is lost.
    [[nodiscard]] std::vector<NodeId> alive() const;                           // ascending
    [[nodiscard]] std::span<const Member> members() const { return members_; } // ascending by id

private:
    std::vector<Member>::iterator position(NodeId);
    Member* lookup(NodeId);
    Member* lookup(const SessionId&);
    bool make_room();
    static Change introduce_again(TimePoint now, Member&, const wire::Introduction&);
    static Change replace(TimePoint now, Member&, const SessionId&, const wire::Introduction&);

    std::vector<Member> members_; // ascending by id
};

} // namespace cp::membership
