#include "sim_network.hpp"

#include <algorithm>

namespace cp::sim {
namespace {

template <class Key>
bool long_ago(const std::map<Key, TimePoint>& when, const Key& key, TimePoint now, Duration lately) {
    const auto found = when.find(key);
    return found == when.end() || now - found->second >= lately;
}

} // namespace

Copies SimNetwork::deliveries(HostId from, HostId to) {
    Copies copies;
    if (!cuts_.empty() && cuts_.contains({from, to})) return copies;
    const int count = rng_.chance(options_.duplicate) ? 2 : 1;
    for (int i = 0; i < count; ++i) {
        if (rng_.chance(options_.loss)) continue;
        Duration delay = rng_.between(options_.delay_min, options_.delay_max) + extra_delay(from, to);
        if (options_.reorder > 0 && rng_.chance(options_.reorder))
            delay += rng_.between(Duration::zero(), options_.reorder_by);
        copies.add(delay);
    }
    return copies;
}

Duration SimNetwork::extra_delay(HostId from, HostId to) const {
    Duration extra{};
    for (const HostId host : {from, to})
        if (const auto found = slow_.find(host); found != slow_.end()) extra += found->second;
    if (const auto held = clogged_until_.find({from, to});
        held != clogged_until_.end() && held->second > now_)
        extra += held->second - now_;
    return extra;
}

void SimNetwork::cut(HostId from, HostId to) { cuts_.insert({from, to}); }

void SimNetwork::partition(const std::map<HostId, int>& group_of) {
    for (const auto& [a, group_a] : group_of)
        for (const auto& [b, group_b] : group_of)
            if (group_a != group_b) cut(a, b);
}

void SimNetwork::clog(HostId from, HostId to, Duration duration) {
    auto& until = clogged_until_[{from, to}];
    until = std::max(until, now_ + duration);
    repaired_[{from, to}] = until;
}

void SimNetwork::slow(HostId host, Duration extra) {
    quickened_[host] = now_;
    if (extra == Duration::zero())
        slow_.erase(host);
    else
        slow_[host] = extra;
}

void SimNetwork::heal() {
    for (const Direction& direction : cuts_) repaired_[direction] = now_;
    for (const auto& [host, extra] : slow_) quickened_[host] = now_;
    cuts_.clear();
    slow_.clear();
    clogged_until_.clear(); // what is held already still comes when it was to come
}

bool SimNetwork::sound(HostId a, HostId b, Duration lately) const {
    for (const HostId host : {a, b})
        if (slow_.contains(host) || !long_ago(quickened_, host, now_, lately)) return false;
    return sound(Direction{a, b}, lately) && sound(Direction{b, a}, lately);
}

bool SimNetwork::sound(const Direction& direction, Duration lately) const {
    return !cuts_.contains(direction) && long_ago(repaired_, direction, now_, lately);
}

} // namespace cp::sim
