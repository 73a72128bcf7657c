// Which segment goes out next: repairs first, then the rest of the first pass; and which reported gaps are
// losses. Remembers the number of each segment's last transmission, 8 bytes a segment. Not thread-safe.
#pragma once

#include "wire/messages.hpp"

#include <cstdint>
#include <deque>
#include <limits>
#include <vector>

namespace cp::transfer {

class SendQueue {
public:
    // With `repairs_only` the first pass counts as done, by whoever sent the object before.
    SendQueue(std::uint32_t segments, bool repairs_only)
        : segments_{segments}, next_{repairs_only ? segments : 0}, last_(segments) {}

    // Queues each segment that the gaps name if its last transmission is not above `highest`: it is lost.
    // Whatever went out later is still under way; what is queued already, or was never sent, stays as it is.
    // At most `most` segments wait afterwards.
    void on_gaps(const std::vector<wire::BlockGap>&, std::uint64_t highest, std::size_t most);
    // REQUIRES: waiting() > 0. The segment is under way under the number that sent() gives it.
    [[nodiscard]] std::uint32_t take();
    void sent(std::uint32_t segment, std::uint64_t number) { last_[segment] = number; }
    // The first pass ends where it is, and nothing waits: from now on only what is asked for.
    void stop();

    [[nodiscard]] std::size_t waiting() const { return lost_.size() + (stopped_ ? 0 : segments_ - next_); }
    [[nodiscard]] std::size_t repairs_waiting() const { return lost_.size(); }
    [[nodiscard]] std::uint32_t segments() const { return segments_; }
    [[nodiscard]] std::uint32_t first_pass() const { return next_; } // segments [0, first_pass) have left
    [[nodiscard]] std::uint64_t repairs() const { return repairs_; } // taken so far

private:
    // As a last number: above any that a report can have seen, so a queued segment is never queued again.
    static constexpr std::uint64_t queued = std::numeric_limits<std::uint64_t>::max();

    std::uint32_t segments_;
    std::uint32_t next_;
    std::vector<std::uint64_t> last_; // 0: not by us
    std::deque<std::uint32_t> lost_;  // each segment at most once
    std::uint64_t repairs_ = 0;
    bool stopped_ = false;
};

} // namespace cp::transfer
