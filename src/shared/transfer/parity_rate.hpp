// How much parity a block needs on this network, learned from what receivers ask for, and how much of it to
// send before they ask. One a destination: the next object begins with what the last one taught.
// Not thread-safe.
#pragma once

#include "wire/limits.hpp"

#include <cstdint>

namespace cp::transfer {

class ParityRate {
public:
    void queued(std::uint32_t segments) { since_block_ += segments; }

    // A block of `segments` has left for the first time. Returns the parity to send behind it.
    //
    // Only most of the mean: a block that needs more says so, and none needs much less, because it is the
    // worst receiver of many that decides. Where loss ends, the mean falls by what was not used.
    [[nodiscard]] std::uint32_t block_done(std::uint32_t segments) {
        mean_ += (since_block_ - mean_) / smoothing;
        since_block_ = 0;
        if (mean_ < limits::parity_ahead_from) return 0;
        return static_cast<std::uint32_t>(mean_ * share * segments / limits::segments_per_block);
    }

    [[nodiscard]] double mean() const { return mean_; } // for each block

private:
    static constexpr double smoothing = 8; // blocks
    static constexpr double share = 0.75;

    double mean_ = 0;
    double since_block_ = 0;
};

} // namespace cp::transfer
