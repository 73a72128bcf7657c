#include "web/presence.hpp"

#include <algorithm>

namespace cp::web {

// The user's place, made if there is room; nullptr when there is none.
Presence::Entry* Presence::entry(TimePoint now, std::string_view user) {
    if (const auto found = entries_.find(user); found != entries_.end()) return &found->second;
    if (entries_.size() >= most_) expire(now);
    if (entries_.size() >= most_) return nullptr;
    return &entries_.try_emplace(std::string{user}, Entry{}).first->second;
}

Result<void> Presence::heartbeat(TimePoint now, std::string_view user, std::string_view address) {
    Entry* place = entry(now, user);
    if (place == nullptr) return errc::overloaded;
    place->address = address;
    place->heard = now;
    return {};
}

void Presence::merge(TimePoint now, const Online& online) {
    if (online.age < Duration::zero() || online.age >= timeout_) return;
    Entry* place = entry(now, online.user);
    if (place == nullptr || (!place->address.empty() && place->heard >= now - online.age)) return;
    place->address = online.address;
    place->heard = now - online.age;
}

std::vector<Online> Presence::online(TimePoint now) const {
    std::vector<Online> out;
    for (const auto& [user, e] : entries_)
        if (is_online(e, now)) out.push_back({user, e.address, now - e.heard});
    return out;
}

std::size_t Presence::count(TimePoint now) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(entries_, [&](const auto& pair) { return is_online(pair.second, now); }));
}

void Presence::expire(TimePoint now) {
    std::erase_if(entries_, [&](const auto& pair) { return !is_online(pair.second, now); });
}

} // namespace cp::web
