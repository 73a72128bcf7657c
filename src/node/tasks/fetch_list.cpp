#include "tasks/fetch_list.hpp"

#include "wire/limits.hpp"

#include <algorithm>

namespace cp::tasks {

template <class Predicate>
void FetchList::give_up(Predicate hopeless) {
    std::erase_if(wants_, [&](const auto& entry) {
        const bool over = hopeless(entry.second);
        if (over) lost_.push_back(entry.first);
        return over;
    });
}

void FetchList::want(TimePoint now, const ObjectId& object, NodeId holder) {
    if (!wants_.contains(object) && wants_.size() >= limits::ledger_max) return;
    auto [at, fresh] = wants_.try_emplace(object);
    if (fresh) at->second.next = now;
    at->second.holders.insert(holder);
}

void FetchList::arrived(const ObjectId& object) { wants_.erase(object); }

void FetchList::drop_holder(NodeId node) {
    for (auto& [object, want] : wants_) want.holders.erase(node);
    give_up([](const Want& want) { return want.holders.empty(); });
}

void FetchList::drop_holder(const ObjectId& object, NodeId node) {
    const auto found = wants_.find(object);
    if (found == wants_.end() || found->second.holders.erase(node) == 0) return;
    give_up([](const Want& want) { return want.holders.empty(); });
}

void FetchList::progress(TimePoint now, const ObjectId& object) {
    if (const auto found = wants_.find(object); found != wants_.end()) {
        found->second.next = now + ask_again_after;
        found->second.rounds = 0;
    }
}

std::vector<ObjectId> FetchList::overdue(TimePoint now) const {
    std::vector<ObjectId> objects;
    for (const auto& [object, want] : wants_)
        if (want.next <= now) objects.push_back(object);
    return objects;
}

std::vector<FetchList::Ask> FetchList::due(TimePoint now) {
    std::vector<Ask> asks;
    for (auto& [object, want] : wants_) {
        if (want.next > now) continue;
        ++want.rounds;
        // The next holder in turn; from the last one back to the first.
        auto holder = want.holders.upper_bound(want.asked);
        if (holder == want.holders.end()) holder = want.holders.begin();
        want.asked = *holder;
        want.next = now + ask_again_after;
        asks.push_back({object, want.asked});
    }
    give_up([](const Want& want) { return want.rounds > rounds_max; });
    return asks;
}

TimePoint FetchList::deadline() const {
    TimePoint next = never;
    for (const auto& [object, want] : wants_) next = std::min(next, want.next);
    return next;
}

} // namespace cp::tasks
