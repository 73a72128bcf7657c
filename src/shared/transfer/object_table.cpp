#include "transfer/object_table.hpp"

namespace cp::transfer {

HeldObject* ObjectTable::start(const ObjectId& object, const ObjectLayout& layout, std::uint64_t work_bytes) {
    if (objects_.size() >= limits::objects_max) return nullptr;
    auto reservation = MemoryReservation::take(budget_, layout.total_bytes + work_bytes);
    if (!reservation) return nullptr;
    auto partial = ObjectReceiver::make(layout, lead_);
    if (partial == nullptr) return nullptr;
    HeldObject& held = objects_[object];
    held.layout = layout;
    held.work_bytes = work_bytes;
    held.reservation = std::move(*reservation);
    held.partial = std::move(partial);
    return &held;
}

HeldObject* ObjectTable::entry(const ObjectId& object) {
    const auto it = objects_.find(object);
    return it == objects_.end() ? nullptr : &it->second;
}

const HeldObject* ObjectTable::entry(const ObjectId& object) const {
    const auto it = objects_.find(object);
    return it == objects_.end() ? nullptr : &it->second;
}

std::optional<Payload> ObjectTable::whole(const ObjectId& object) const {
    const HeldObject* const held = entry(object);
    if (held == nullptr || held->partial != nullptr) return std::nullopt;
    return held->whole;
}

std::uint64_t ObjectTable::received_bytes(const ObjectId& object) const {
    const HeldObject* const held = entry(object);
    if (held == nullptr) return 0;
    const ObjectLayout& layout = held->layout;
    if (held->partial == nullptr) return layout.total_bytes;
    return std::min(layout.total_bytes, layout.offset_of(held->partial->map().have()));
}

std::vector<Progress> ObjectTable::partial() const {
    std::vector<Progress> found;
    for (const auto& [object, held] : objects_)
        if (held.partial != nullptr)
            found.push_back({object, received_bytes(object), held.layout.total_bytes});
    return found;
}

std::vector<ObjectId> ObjectTable::silent(TimePoint now) const {
    std::vector<ObjectId> found;
    for (const auto& [object, held] : objects_) {
        const bool partial = held.partial != nullptr;
        if (partial && now - held.heard >= limits::assembly_abandoned_after) found.push_back(object);
    }
    return found;
}

} // namespace cp::transfer
