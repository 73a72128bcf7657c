// The other nodes that are alive, as election needs them: rank, since when, and whether they follow us.
// Not thread-safe. At most limits::members_max peers; more are ignored.
#pragma once

#include "base/ids.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cp::election {

struct Peer {
    NodeId id;
    TimePoint since{};
    bool follows = false;
};

class LiveSet {
public:
    // False when it was there already, or there is no room.
    bool add(TimePoint now, NodeId);
    void remove(NodeId);
    void set_follows(NodeId, bool follows); // unknown nodes are ignored
    void assume_all_follow();               // after a claim, until their heartbeats say otherwise

    [[nodiscard]] const Peer* find(NodeId) const; // nullptr when not alive; valid until the next change
    [[nodiscard]] const Peer* highest() const;    // nullptr when we are alone
    [[nodiscard]] NodeId successor() const;       // the highest that follows, else the highest, else 0
    [[nodiscard]] std::size_t count_above(NodeId) const;
    [[nodiscard]] std::uint16_t followers() const;

private:
    std::vector<Peer> peers_; // ascending by id
};

} // namespace cp::election
