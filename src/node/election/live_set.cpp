#include "election/live_set.hpp"

#include "wire/limits.hpp"

#include <algorithm>

namespace cp::election {

bool LiveSet::add(TimePoint now, NodeId id) {
    const auto at = std::ranges::lower_bound(peers_, id, {}, &Peer::id);
    if (at != peers_.end() && at->id == id) return false;
    if (peers_.size() == limits::members_max) return false;
    peers_.insert(at, {.id = id, .since = now});
    return true;
}

void LiveSet::remove(NodeId id) {
    std::erase_if(peers_, [id](const Peer& p) { return p.id == id; });
}

void LiveSet::set_follows(NodeId id, bool follows) {
    const auto at = std::ranges::find(peers_, id, &Peer::id);
    if (at != peers_.end()) at->follows = follows;
}

void LiveSet::assume_all_follow() {
    for (Peer& p : peers_) p.follows = true;
}

const Peer* LiveSet::find(NodeId id) const {
    const auto at = std::ranges::lower_bound(peers_, id, {}, &Peer::id);
    return at != peers_.end() && at->id == id ? &*at : nullptr;
}

const Peer* LiveSet::highest() const { return peers_.empty() ? nullptr : &peers_.back(); }

NodeId LiveSet::successor() const {
    const auto follower =
        std::find_if(peers_.rbegin(), peers_.rend(), [](const Peer& p) { return p.follows; });
    if (follower != peers_.rend()) return follower->id;
    return peers_.empty() ? NodeId{} : peers_.back().id;
}

std::size_t LiveSet::count_above(NodeId id) const {
    return static_cast<std::size_t>(peers_.end() - std::ranges::upper_bound(peers_, id, {}, &Peer::id));
}

std::uint16_t LiveSet::followers() const {
    return static_cast<std::uint16_t>(std::ranges::count_if(peers_, [](const Peer& p) { return p.follows; }));
}

} // namespace cp::election
