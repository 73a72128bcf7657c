// The bar of a running transfer, as text: decides when there is one and what it says. Does not print. Time
// comes in.
#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace cp::client {

inline constexpr Duration bar_after = std::chrono::milliseconds{300}; // what is faster needs no bar
inline constexpr Duration bar_every = std::chrono::milliseconds{100};

class ProgressBar {
public:
    // Bytes arrived. Both may start over when the payload has to be sent again.
    void advance(TimePoint now, std::uint64_t done, std::uint64_t total);

    // When draw() would show something new; `never` before the first advance().
    [[nodiscard]] TimePoint due() const { return due_; }

    // At most `columns` - 1 wide, so that no terminal wraps it; empty when it is too early, or nothing moves.
    [[nodiscard]] std::string draw(TimePoint now, std::size_t columns);

private:
    void measure(TimePoint now);

    TimePoint due_ = never;
    std::uint64_t done_ = 0;
    std::uint64_t total_ = 0;
    double rate_ = 0; // bytes a second, smoothed; 0: not yet known
    TimePoint measured_at_{};
    std::uint64_t measured_done_ = 0;
};

} // namespace cp::client
