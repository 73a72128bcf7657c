#include "election/live_set.hpp"

#include "wire/limits.hpp"

#include <algorithm>

namespace cp::election {

bool LiveSet::add(TimePoint now, NodeId id) {
    if (get(id) != nullptr || peers_.size() == limits::members_max) return false;
    std::erase(absent_, id);
    const Rank rank{id};
    peers_.insert(std::ranges::lower_bound(peers_, rank, outranks, &Peer::rank), {.id = id, .since = now});
    return true;
}

void LiveSet::remove(NodeId id) {
    if (std::erase_if(peers_, [id](const Peer& p) { return p.id == id; }) == 0) return;
    if (absent_.size() == limits::members_max) absent_.erase(absent_.begin());
    absent_.push_back(id);
}

std::uint16_t LiveSet::left_by(std::uint16_t followers_of_rival) const {
    const std::size_t known = peers_.size() + absent_.size();
    const std::size_t taken = std::size_t{followers_of_rival} + 1; // and the rival itself
    return static_cast<std::uint16_t>(known > taken ? known - taken : 0);
}

void LiveSet::set_follows(NodeId id, bool follows) {
    if (Peer* p = get(id)) p->follows = follows;
}

void LiveSet::set_load(NodeId id, std::uint16_t load) {
    Peer* p = get(id);
    if (p == nullptr || p->load == load) return;
    p->load = load;
    std::ranges::sort(peers_, outranks, &Peer::rank);
}

void LiveSet::restart(TimePoint now, NodeId id) {
    if (Peer* p = get(id)) {
        p->since = now;
        p->lighter_since = never;
    }
}

void LiveSet::assume_all_follow() {
    for (Peer& p : peers_) p.follows = true;
}

void LiveSet::compare_loads(TimePoint now, std::uint16_t own, std::uint16_t margin) {
    for (Peer& p : peers_) {
        const bool lighter = own != load_unknown && p.load + margin <= own;
        if (!lighter)
            p.lighter_since = never;
        else if (p.lighter_since == never)
            p.lighter_since = now;
    }
}

const Peer* LiveSet::find(NodeId id) const {
    const auto at = std::ranges::find(peers_, id, &Peer::id);
    return at != peers_.end() ? &*at : nullptr;
}

Peer* LiveSet::get(NodeId id) {
    const auto at = std::ranges::find(peers_, id, &Peer::id);
    return at != peers_.end() ? &*at : nullptr;
}

const Peer* LiveSet::highest() const { return peers_.empty() ? nullptr : &peers_.front(); }

NodeId LiveSet::successor() const {
    const auto follower = std::ranges::find(peers_, true, &Peer::follows);
    if (follower != peers_.end()) return follower->id;
    return peers_.empty() ? NodeId{} : peers_.front().id;
}

std::size_t LiveSet::count_above(const Rank& rank) const {
    return static_cast<std::size_t>(std::ranges::lower_bound(peers_, rank, outranks, &Peer::rank) -
                                    peers_.begin());
}

std::uint16_t LiveSet::followers() const {
    return static_cast<std::uint16_t>(std::ranges::count(peers_, true, &Peer::follows));
}

} // namespace cp::election
