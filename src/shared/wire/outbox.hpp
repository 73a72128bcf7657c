// What a core wants sent, as data. The shell (or the simulator) seals and sends every item in order after
// each core call, then clears it. Numbers are given here, at the moment of the decision, so that transfer
// knows the transmit number of each datagram; nothing may be dropped between push and seal.
//
// Views in messages (Data) stay valid until the next call into the core that wrote them.
#pragma once

#include "wire/messages.hpp"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace cp::wire {

// Each lane has its own counter, nonce space and replay window.
enum class Lane : std::uint8_t { control = 0, data = 1, unicast = 2 };
inline constexpr std::size_t lane_count = 3;

struct Outgoing {
    Lane lane = Lane::control;
    SessionId to; // unicast only
    std::uint64_t number = 0;
    Message message;
};

class Outbox {
public:
    // Returns the number under which the datagram goes out.
    std::uint64_t to_group(Message m) { return push(Lane::control, {}, std::move(m)); }
    // Nodes alone: of many clients none is woken up for what it does not need.
    std::uint64_t to_data_group(Message m) { return push(Lane::data, {}, std::move(m)); }
    std::uint64_t to(const SessionId& peer, Message m) { return push(Lane::unicast, peer, std::move(m)); }

    // The last number given out on a lane; 0: none yet.
    [[nodiscard]] std::uint64_t last(Lane lane) const { return next_[static_cast<std::size_t>(lane)] - 1; }
    [[nodiscard]] const std::vector<Outgoing>& items() const { return items_; }
    [[nodiscard]] bool empty() const { return items_.empty(); }
    void clear() { items_.clear(); }

private:
    std::uint64_t push(Lane lane, const SessionId& to, Message&& m) {
        const std::uint64_t number = next_[static_cast<std::size_t>(lane)]++;
        items_.push_back({lane, to, number, std::move(m)});
        return number;
    }

    std::array<std::uint64_t, lane_count> next_{1, 1, 1}; // 0 means "nothing seen yet" in a Report
    std::vector<Outgoing> items_;
};

} // namespace cp::wire
