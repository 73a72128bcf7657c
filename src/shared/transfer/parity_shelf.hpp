// Parity segments that are on their way out: computed in runs of one block, because the block is read only
// once for all of a run, and kept until their datagrams are sealed. Not thread-safe.
#pragma once

#include "base/payload.hpp"
#include "transfer/object_receiver.hpp"
#include "transfer/parity.hpp"
#include "transfer/send_queue.hpp"

#include <deque>

namespace cp::transfer {

class ParityShelf {
public:
    // Earlier views are invalid, except those of the newest run.
    void begin_pull() {
        while (runs_.size() > 1) runs_.pop_front();
    }

    // The bytes of `item`, computed together with the `more` ones that follow it. Valid until begin_pull().
    [[nodiscard]] ByteView get(const SendQueue::Item& item, std::uint32_t more, const Payload& object,
                               const ObjectLayout& layout) {
        if (runs_.empty() || !runs_.back().covers(item)) {
            Run& run =
                runs_.emplace_back(Run{item, more + 1, Bytes(std::size_t{more + 1} * layout.segment_bytes)});
            encode_parity(block_of(item.at, object, layout), layout.segment_bytes, item.index, run.bytes);
        }
        const Run& run = runs_.back();
        const std::size_t at = std::size_t{item.index} - run.first.index;
        return ByteView{run.bytes}.subspan(at * layout.segment_bytes, layout.segment_bytes);
    }

private:
    struct Run {
        SendQueue::Item first;
        std::uint32_t count;
        Bytes bytes;
        [[nodiscard]] bool covers(const SendQueue::Item& item) const {
            return item.at == first.at && item.index >= first.index && item.index < first.index + count;
        }
    };

    static ByteView block_of(std::uint32_t block, const Payload& object, const ObjectLayout& layout) {
        const std::uint64_t from = layout.offset_of(block * std::uint32_t{limits::segments_per_block});
        const std::uint64_t most = layout.offset_of(limits::segments_per_block);
        return object.view().subspan(from, std::min<std::uint64_t>(most, object.size() - from));
    }

    std::deque<Run> runs_;
};

} // namespace cp::transfer
