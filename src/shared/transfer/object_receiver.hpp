// Assembles one object from segments, whoever sends them: after its first sender died a holder goes on where
// that one stopped. Knows nothing of transfers and reports (incoming.hpp, feedback.hpp), and checks no
// digest: that is a worker's pass (wire::digest_matches). Memory: one slab of total_bytes, not zeroed, plus a
// bit a segment. Not thread-safe.
#pragma once

#include "base/payload.hpp"
#include "transfer/segment_map.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>

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

    // Null: the system has no memory, whatever the budget says.
    [[nodiscard]] static std::unique_ptr<ObjectReceiver> make(const ObjectLayout&);

    // A segment outside the object or of another size is a misfit and changes nothing.
    [[nodiscard]] Arrival on_data(std::uint32_t segment, ByteView bytes);

    [[nodiscard]] const ObjectLayout& layout() const { return layout_; }
    [[nodiscard]] const SegmentMap& map() const { return map_; }
    [[nodiscard]] bool complete() const { return map_.complete(); }
    // REQUIRES: complete(). Shares the slab; outlives the receiver.
    [[nodiscard]] Payload payload() const;

private:
    ObjectReceiver(const ObjectLayout&, std::shared_ptr<std::byte> slab);

    ObjectLayout layout_;
    std::shared_ptr<std::byte> slab_;
    SegmentMap map_;
};

} // namespace cp::transfer
