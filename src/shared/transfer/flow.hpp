// What one program has sent to one destination (the data group, or one peer) and how much of it is under way.
// All transfers to a destination share its flow, because they share the receivers' socket buffers.
//
// Transmit numbers of a lane have holes for a given peer (others are served from the same counter), so credit
// is counted in ordinals: the n-th Data or Parity datagram to this destination. Not thread-safe.
#pragma once

#include "base/time.hpp"
#include "transfer/congestion.hpp"
#include "transfer/parity_rate.hpp"
#include "wire/limits.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>

namespace cp::transfer {

class Flow {
public:
    void sent_data(TimePoint now, std::uint64_t number) {
        recent_.push_back({number, now});
        if (recent_.size() > limits::credit_window_max) recent_.pop_front();
        ++count_;
        last_number_ = number;
    }
    void sent_control(std::uint64_t number) { last_number_ = number; }

    // Data and Parity datagrams sent so far.
    [[nodiscard]] std::uint64_t count() const { return count_; }
    // Of them, how many have a number of at most `highest`. Further back than the widest window the answer is
    // an upper bound, which changes nothing: such a receiver has no credit either way.
    [[nodiscard]] std::uint64_t reached(std::uint64_t highest) const {
        const auto beyond = std::ranges::upper_bound(recent_, highest, {}, &Sent::number);
        return count_ - static_cast<std::uint64_t>(recent_.end() - beyond);
    }
    // Of any datagram; nobody can have seen a higher one.
    [[nodiscard]] std::uint64_t last_number() const { return last_number_; }
    // When this one left, if it is one of the last Data or Parity; a report that it provoked measures the
    // way.
    [[nodiscard]] std::optional<TimePoint> sent_at(std::uint64_t number) const {
        const auto found = std::ranges::lower_bound(recent_, number, {}, &Sent::number);
        if (found == recent_.end() || found->number != number) return std::nullopt;
        return found->at;
    }
    [[nodiscard]] ParityRate& parity_rate() { return parity_rate_; }
    [[nodiscard]] CongestionWindow& congestion() { return congestion_; }

private:
    struct Sent {
        std::uint64_t number;
        TimePoint at;
    };
    std::deque<Sent> recent_; // ascending: the last credit_window_max
    std::uint64_t count_ = 0;
    std::uint64_t last_number_ = 0;
    ParityRate parity_rate_;
    CongestionWindow congestion_;
};

} // namespace cp::transfer
