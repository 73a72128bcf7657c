// Which counters of one lane were seen: a sliding bitmap in a ring of words (RFC 6479). Counters may come in
// any order within the window; what is older is refused unseen. About 2 KiB. Not thread-safe.
//
// Asking and marking are two calls, because a counter counts as seen only after its datagram's tag verified:
// else a forger could burn the counters of honest datagrams.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace cp {

inline constexpr std::uint64_t replay_window_size = 16384;

class ReplayWindow {
public:
    // Not seen, and not older than the newest marked counter by replay_window_size or more.
    [[nodiscard]] bool fresh(std::uint64_t counter) const {
        if (counter > newest_) return true;
        return newest_ - counter < replay_window_size && (words_[slot(counter)] & bit(counter)) == 0;
    }

    // Remembers a counter; one that is too old changes nothing.
    void mark(std::uint64_t counter);

private:
    static constexpr std::uint64_t word_bits = 64;
    // One word more than the window, because part of the newest counter's word lies ahead of the window.
    static constexpr std::size_t words = replay_window_size / word_bits + 1;
    static_assert(replay_window_size % word_bits == 0);

    static constexpr std::size_t slot(std::uint64_t counter) { return counter / word_bits % words; }
    static constexpr std::uint64_t bit(std::uint64_t counter) {
        return std::uint64_t{1} << counter % word_bits;
    }

    std::uint64_t newest_ = 0; // before the first mark: counter 0, not seen
    std::array<std::uint64_t, words> words_{};
};

} // namespace cp
