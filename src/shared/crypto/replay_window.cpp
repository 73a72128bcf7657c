#include "crypto/replay_window.hpp"

#include <algorithm>

namespace cp {

void ReplayWindow::mark(std::uint64_t counter) {
    if (counter > newest_) {
        const std::uint64_t from = newest_ / word_bits;
        const std::uint64_t steps = std::min<std::uint64_t>(counter / word_bits - from, words);
        for (std::uint64_t step = 1; step <= steps; ++step) words_[(from + step) % words] = 0;
        newest_ = counter;
    } else if (newest_ - counter >= replay_window_size) {
        return; // its slot belongs to a newer counter by now
    }
    words_[slot(counter)] |= bit(counter);
}

} // namespace cp
