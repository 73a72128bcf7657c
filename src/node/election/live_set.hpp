// The other nodes that are alive, as election needs them: rank, since when, and whether they follow us.
// Not thread-safe. At most limits::members_max peers; more are ignored.
#pragma once

#include "base/time.hpp"
#include "election/rank.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cp::election {

struct Peer {
    NodeId id;
    std::uint16_t load = load_unknown;
    bool follows = false;
    TimePoint since{};               // alive, without a gap
    TimePoint lighter_since = never; // less loaded than we, by the margin, in every word of both since then

    [[nodiscard]] Rank rank() const { return {id, load}; }
};

class LiveSet {
public:
    // False when it was there already, or there is no room.
    bool add(TimePoint now, NodeId);
    void remove(NodeId);
    // What follows ignores nodes that are not here.
    void set_follows(NodeId, bool follows);
    void set_load(NodeId, std::uint16_t load);
    void restart(TimePoint now, NodeId); // there was a gap: what it earned by being there begins anew
    void assume_all_follow();            // after a claim, until their heartbeats say otherwise
    // Keeps lighter_since, after a load or our own has changed.
    void compare_loads(TimePoint now, std::uint16_t own, std::uint16_t margin);

    [[nodiscard]] const Peer* find(NodeId) const; // nullptr when not alive; valid until the next change
    [[nodiscard]] const Peer* highest() const;    // the best rank; nullptr when we are alone
    [[nodiscard]] NodeId successor() const;       // the highest that follows, else the highest, else 0
    [[nodiscard]] std::size_t count_above(const Rank&) const;
    [[nodiscard]] std::uint16_t followers() const;
    // How many nodes may follow us, of all that were ever here, when `rival` leads so many others.
    [[nodiscard]] std::uint16_t left_by(std::uint16_t followers_of_rival) const;
    [[nodiscard]] const std::vector<Peer>& by_rank() const { return peers_; } // the best first

private:
    [[nodiscard]] Peer* get(NodeId);

    std::vector<Peer> peers_;    // by rank, the best first
    std::vector<NodeId> absent_; // were here; the last limits::members_max of them
};

} // namespace cp::election
