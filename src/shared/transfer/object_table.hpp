// The objects here, whole and partial, and what they have reserved. Knows nothing of who sends them.
// Not thread-safe. Addresses of entries are stable until erase().
#pragma once

#include "base/time.hpp"
#include "transfer/memory_budget.hpp"
#include "transfer/object_receiver.hpp"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace cp::transfer {

struct HeldObject {
    ObjectLayout layout;
    std::uint64_t work_bytes = 0; // reserved beside its own
    MemoryReservation reservation;
    std::unique_ptr<ObjectReceiver> partial; // null once whole
    Payload whole;
    TimePoint heard; // last sign of life of anybody who sends it
};

// How far an object has got, for people.
struct Progress {
    ObjectId object;
    std::uint64_t bytes = 0;
    std::uint64_t total = 0;
};

class ObjectTable {
public:
    // `lead`: as in TransfersConfig.
    ObjectTable(MemoryBudget& budget, std::size_t lead) : budget_{budget}, lead_{lead} {}

    // Reserves and allocates; null, and nothing happened, when the budget, the table or the system is full.
    [[nodiscard]] HeldObject* start(const ObjectId&, const ObjectLayout&, std::uint64_t work_bytes);
    void erase(const ObjectId& object) { objects_.erase(object); }

    [[nodiscard]] HeldObject* entry(const ObjectId&);
    [[nodiscard]] const HeldObject* entry(const ObjectId&) const;
    [[nodiscard]] std::optional<Payload> whole(const ObjectId&) const;
    [[nodiscard]] std::uint64_t received_bytes(const ObjectId&) const;
    // Those that are not whole yet, with what has arrived of each.
    [[nodiscard]] std::vector<Progress> partial() const;
    // Partial ones of which nothing was heard for limits::assembly_abandoned_after.
    [[nodiscard]] std::vector<ObjectId> silent(TimePoint now) const;

private:
    MemoryBudget& budget_;
    std::size_t lead_;
    std::map<ObjectId, HeldObject> objects_;
};

} // namespace cp::transfer
