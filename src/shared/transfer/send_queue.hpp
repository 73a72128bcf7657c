// What goes out next: repairs first, then the rest of the first pass; and which reported gaps are losses.
// Remembers the number of each segment's last transmission, 8 bytes a segment, and of each parity segment.
// Not thread-safe.
#pragma once

#include "wire/messages.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <unordered_map>
#include <vector>

namespace cp::transfer {

// What a report says of one transmission: it was lost, or it may still be under way.
struct LossView {
    std::uint64_t highest = 0; // that the receiver has seen
    std::uint64_t asked = 0;   // the last datagram of ours that asked for a report

    // A datagram that was merely overtaken by a few is not lost, as with TCP's third duplicate ack (RFC
    // 5681). Behind one that asked nothing follows for a while: what the answer misses is lost.
    [[nodiscard]] bool lost(std::uint64_t number) const {
        const bool answered = number <= asked && asked <= highest;
        return number == 0 || answered ||
               (number <= highest && highest - number >= limits::reorder_tolerance);
    }
    // Up to here it is known which were lost.
    [[nodiscard]] std::uint64_t judged() const {
        return std::max(asked, highest - std::min<std::uint64_t>(highest, limits::reorder_tolerance));
    }
};

class SendQueue {
public:
    struct Item {
        enum class Kind : std::uint8_t { fresh, repair, parity };
        Kind kind = Kind::fresh;
        std::uint8_t index = 0; // parity
        std::uint32_t at = 0;   // segment, or block of a parity
    };

    // With `repairs_only` the first pass counts as done, by whoever sent the object before. Parity indexes go
    // up to `parity_max` for each block.
    SendQueue(std::uint32_t segments, bool repairs_only, std::uint32_t parity_max)
        : segments_{segments}, ready_{segments},
          parity_max_{parity_max}, spares_{!repairs_only}, next_{repairs_only ? segments : 0},
          last_(segments) {}

    // Of an object that is still being made: so many segments from the front are final. Others do not leave.
    void set_ready(std::uint32_t segments) { ready_ = segments; }

    // Queues a repair for each lost segment that the gaps name and for which none is under way or queued. At
    // most `most` wait afterwards. With `parity` they are parity segments, which repair whatever anybody
    // misses of the block, while there are new ones; those of the block that is being sent wait for its end,
    // unless that is not final yet: there is no parity of it before.
    // Returns how many parity segments were queued.
    std::uint32_t on_gaps(const std::vector<wire::BlockGap>&, const LossView&, std::size_t most, bool parity);
    // Of the lost segments that the gaps name, those that were sent last under a number above `after`.
    [[nodiscard]] std::uint32_t lost_after(const std::vector<wire::BlockGap>&, const LossView&,
                                           std::uint64_t after) const;
    // Queues `ahead` parity segments, or what was asked for meanwhile, of the block of which take() has just
    // given the last segment. Returns how many.
    std::uint32_t end_block(std::uint32_t block, std::uint32_t ahead);

    // REQUIRES: waiting() > 0. The item is under way under the number that sent() gives it.
    [[nodiscard]] Item take();
    void sent(const Item&, std::uint64_t number);
    // Parity segments of the same block with the indexes that follow `item`, next in the queue.
    [[nodiscard]] std::uint32_t run_after(const Item&) const;
    // The first pass counts as done, and nothing waits: from now on only what is asked for.
    void stop();

    [[nodiscard]] std::size_t waiting() const { return repairs_.size() + (std::max(ready_, next_) - next_); }
    [[nodiscard]] std::size_t repairs_waiting() const { return repairs_.size(); }
    [[nodiscard]] std::uint32_t segments() const { return segments_; }
    [[nodiscard]] std::uint32_t first_pass() const { return next_; } // segments [0, first_pass) have left
    [[nodiscard]] std::uint64_t repairs() const { return taken_; }   // and parity, taken so far

private:
    // As a last number: above any that a report can have seen, so what is queued is never queued again.
    static constexpr std::uint64_t queued = std::numeric_limits<std::uint64_t>::max();

    std::uint32_t resend(const wire::BlockGap&, const LossView&, std::uint32_t most);
    std::uint32_t add_parity(std::uint32_t block, std::uint32_t count);
    [[nodiscard]] std::uint32_t lost(const wire::BlockGap&, const LossView&) const;
    // When the first pass is over, nothing follows that could make good a repair that is lost in its turn: as
    // many more go as the same loss will take of them, rounded up.
    [[nodiscard]] std::uint32_t spares(std::uint32_t block, std::uint32_t lost) const;
    [[nodiscard]] std::uint32_t parity_under_way(std::uint32_t block, const LossView&) const;
    [[nodiscard]] bool is_lost(std::uint32_t segment, const LossView& view) const {
        return segment < std::min(next_, ready_) && last_[segment] != queued && view.lost(last_[segment]);
    }
    // The block of which some segments have left and some not; none: beyond the last.
    [[nodiscard]] std::uint32_t open_block() const;

    std::uint32_t segments_;
    std::uint32_t ready_;
    std::uint32_t parity_max_;
    bool spares_; // the first pass is ours, so what is missing after it is what the network loses
    std::uint32_t next_;
    std::vector<std::uint64_t> last_; // 0: not by us
    std::unordered_map<std::uint32_t, std::vector<std::uint64_t>>
        parity_;               // by block: the number of each index
    std::uint32_t wanted_ = 0; // parity of the open block
    std::deque<Item> repairs_; // each segment at most once
    std::uint64_t taken_ = 0;
};

} // namespace cp::transfer
