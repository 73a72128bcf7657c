// What one program has sent to one destination (the data group, or one peer) and how much of it is under way.
// All transfers to a destination share its flow, because they share the receivers' socket buffers.
//
// Transmit numbers of a lane have holes for a given peer (others are served from the same counter), so credit
// is counted in ordinals: the n-th Data or Parity datagram to this destination. Not thread-safe.
#pragma once

#include "transfer/parity_rate.hpp"
#include "wire/limits.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>

namespace cp::transfer {

class Flow {
public:
    void sent_data(std::uint64_t number) {
        recent_.push_back(number);
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
        const auto beyond = std::upper_bound(recent_.begin(), recent_.end(), highest);
        return count_ - static_cast<std::uint64_t>(recent_.end() - beyond);
    }
    // Of any datagram; nobody can have seen a higher one.
    [[nodiscard]] std::uint64_t last_number() const { return last_number_; }
    [[nodiscard]] ParityRate& parity_rate() { return parity_rate_; }

private:
    std::deque<std::uint64_t> recent_; // numbers, ascending: the last credit_window_max
    std::uint64_t count_ = 0;
    std::uint64_t last_number_ = 0;
    ParityRate parity_rate_;
};

} // namespace cp::transfer
