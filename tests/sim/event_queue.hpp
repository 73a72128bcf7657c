// What is to happen in virtual time, in order; of what falls on one moment, what was scheduled first comes
// first. The common kinds (a datagram arrives, an alarm rings) are plain data, so that a million of them
// costs no allocation.
#pragma once

#include "base/endpoint.hpp"
#include "base/payload.hpp"
#include "base/time.hpp"
#include "sim_network.hpp"
#include "wire/outbox.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

namespace cp::sim {

struct Datagram {
    Bytes bytes;
    Endpoint from;
    wire::Lane lane = wire::Lane::control;
};

// To one life of a host: what is under way to an earlier life does not arrive.
struct Arrival {
    HostId to = 0;
    std::uint64_t life = 0;
    std::shared_ptr<const Datagram> datagram;
};
// Only the alarm that was set last rings.
struct Alarm {
    HostId host = 0;
    std::uint64_t number = 0;
};
using Happening = std::variant<Arrival, Alarm, std::function<void()>>;

class EventQueue {
public:
    void push(TimePoint at, Happening what) {
        std::size_t slot = slots_.size();
        if (free_.empty()) {
            slots_.push_back(std::move(what));
        } else {
            slot = free_.back();
            free_.pop_back();
            slots_[slot] = std::move(what);
        }
        heap_.push_back({at, ++order_, slot});
        std::ranges::push_heap(heap_, std::greater{});
    }
    // REQUIRES: !empty()
    Happening pop() {
        std::ranges::pop_heap(heap_, std::greater{});
        const std::size_t slot = heap_.back().slot;
        heap_.pop_back();
        free_.push_back(slot);
        return std::move(slots_[slot]);
    }
    [[nodiscard]] bool empty() const { return heap_.empty(); }
    [[nodiscard]] TimePoint next() const { return heap_.front().at; } // REQUIRES: !empty()

private:
    struct Key {
        TimePoint at;
        std::uint64_t order;
        std::size_t slot;
        auto operator<=>(const Key&) const = default;
    };
    std::vector<Key> heap_;
    std::vector<Happening> slots_;
    std::vector<std::size_t> free_;
    std::uint64_t order_ = 0;
};

} // namespace cp::sim
