// Assembles one object from segments, whoever sends them: after its first sender died a holder goes on where
// that one stopped. Knows nothing of transfers and reports (incoming.hpp, feedback.hpp), and checks no
// digest: that is a worker's pass (wire::digest_matches). Not thread-safe.
//
// Memory: one slab of whole segments, not zeroed, plus a bit a segment. Parity takes none: it waits in the
// slab where a missing segment belongs, and there is always such a place, because a block is solved as soon
// as it holds as much parity as it misses data.
#pragma once

#include "base/payload.hpp"
#include "transfer/segment_map.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace cp::transfer {

struct ObjectLayout {
    std::uint64_t total_bytes = 0;
    std::uint32_t segment_bytes = 0;

    // REQUIRES: within limits::object_max and segment_min..segment_max, so the count fits 24 bits.
    [[nodiscard]] std::uint32_t segments() const {
        return static_cast<std::uint32_t>((total_bytes + segment_bytes - 1) / segment_bytes);
    }
    [[nodiscard]] std::uint64_t offset_of(std::uint32_t segment) const {
        return std::uint64_t{segment} * segment_bytes;
    }
    [[nodiscard]] std::size_t size_of(std::uint32_t segment) const {
        return static_cast<std::size_t>(
            std::min<std::uint64_t>(segment_bytes, total_bytes - offset_of(segment)));
    }
    bool operator==(const ObjectLayout&) const = default;
};

class ObjectReceiver {
public:
    enum class Arrival { stored, duplicate, misfit };

    // `lead`: bytes of memory in front of the object (TransfersConfig). Null: the system has no memory,
    // whatever the budget says.
    [[nodiscard]] static std::unique_ptr<ObjectReceiver> make(const ObjectLayout&, std::size_t lead = 0);

    // A segment outside the object or of another size is a misfit and changes nothing.
    [[nodiscard]] Arrival on_data(std::uint32_t segment, ByteView bytes);
    // The same of parity. Whatever of a block can be computed is here when either of them returns.
    [[nodiscard]] Arrival on_parity(std::uint32_t block, std::uint8_t index, ByteView bytes);

    [[nodiscard]] const ObjectLayout& layout() const { return layout_; }
    [[nodiscard]] const SegmentMap& map() const { return map_; }
    [[nodiscard]] bool complete() const { return map_.complete(); }
    // REQUIRES: complete(). Shares the slab; outlives the receiver.
    [[nodiscard]] Payload payload() const;

private:
    struct HeldParity {
        std::uint8_t index;
        std::uint8_t slot; // in the block: a missing segment's place
    };
    using BlockParity = std::vector<HeldParity>;

    ObjectReceiver(const ObjectLayout&, std::shared_ptr<std::byte> slab);
    [[nodiscard]] std::byte* place_of(std::uint32_t segment) {
        return slab_.get() + layout_.offset_of(segment);
    }
    [[nodiscard]] std::uint32_t free_slot(std::uint32_t block, const BlockParity&) const;
    [[nodiscard]] std::vector<std::uint8_t> missing_of(std::uint32_t block) const;
    void clear(std::uint32_t segment);
    void solve(std::uint32_t block);

    ObjectLayout layout_;
    std::shared_ptr<std::byte> slab_;
    SegmentMap map_;
    std::unordered_map<std::uint32_t, BlockParity> parity_; // of blocks that are not whole
};

} // namespace cp::transfer
