// The numbers of our last datagrams that asked for a report: what the answer to one misses is lost, because
// nothing followed it for a while (send_queue.hpp, LossView). Not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>

namespace cp::transfer {

class Questions {
public:
    // Numbers ascend.
    void asked(std::uint64_t number) {
        asked_.push_back(number);
        if (asked_.size() > remembered) asked_.pop_front();
    }
    // The last one that a receiver which has seen `highest` may have heard; 0: none.
    [[nodiscard]] std::uint64_t before(std::uint64_t highest) const {
        const auto beyond = std::ranges::upper_bound(asked_, highest);
        return beyond == asked_.begin() ? 0 : *std::prev(beyond);
    }

private:
    static constexpr std::size_t remembered = 16; // more than are asked in one round trip
    std::deque<std::uint64_t> asked_;
};

} // namespace cp::transfer
