#include "transfer/object_receiver.hpp"

#include "base/bulk_memory.hpp"
#include "base/check.hpp"
#include "transfer/parity.hpp"

#include <cstring>

namespace cp::transfer {
namespace {

constexpr std::uint32_t block_size = limits::segments_per_block;

} // namespace

std::unique_ptr<ObjectReceiver> ObjectReceiver::make(const ObjectLayout& layout, std::size_t lead) {
    // Not zeroed: the pages are touched first when their segments arrive.
    const auto memory = bulk_memory(lead + std::size_t{layout.segments()} * layout.segment_bytes);
    if (!memory) return nullptr;
    std::shared_ptr<std::byte> slab{memory, memory.get() + lead};
    return std::unique_ptr<ObjectReceiver>{new ObjectReceiver{layout, std::move(slab)}};
}

ObjectReceiver::ObjectReceiver(const ObjectLayout& layout, std::shared_ptr<std::byte> slab)
    : layout_{layout}, slab_{std::move(slab)}, map_{layout.segments()} {}

ObjectReceiver::Arrival ObjectReceiver::on_data(std::uint32_t segment, ByteView bytes) {
    if (segment >= map_.count() || bytes.size() != layout_.size_of(segment)) return Arrival::misfit;
    if (!map_.mark(segment)) return Arrival::duplicate;
    clear(segment);
    std::byte* const place = place_of(segment);
    std::memcpy(place, bytes.data(), bytes.size());
    std::memset(place + bytes.size(), 0, layout_.segment_bytes - bytes.size()); // as the parity has it
    solve(segment / block_size);
    return Arrival::stored;
}

ObjectReceiver::Arrival ObjectReceiver::on_parity(std::uint32_t block, std::uint8_t index, ByteView bytes) {
    if (block >= map_.blocks() || index >= limits::parity_per_block_max) return Arrival::misfit;
    if (bytes.size() != layout_.segment_bytes) return Arrival::misfit;
    if (map_.missing(block) == 0) return Arrival::duplicate;
    BlockParity& held = parity_[block];
    if (std::ranges::find(held, index, &HeldParity::index) != held.end()) return Arrival::duplicate;
    const std::uint32_t slot = free_slot(block, held);
    std::memcpy(place_of(block * block_size + slot), bytes.data(), bytes.size());
    held.push_back({index, static_cast<std::uint8_t>(slot)});
    map_.cover(block);
    solve(block);
    return Arrival::stored;
}

// A missing segment's place in which no parity stands. REQUIRES: the block misses more than it holds parity.
std::uint32_t ObjectReceiver::free_slot(std::uint32_t block, const BlockParity& held) const {
    const std::uint32_t first = block * block_size;
    for (std::uint32_t slot = 0; first + slot < map_.count() && slot < block_size; ++slot) {
        if (!map_.has(first + slot) && std::ranges::find(held, slot, &HeldParity::slot) == held.end())
            return slot;
    }
    CP_CHECK(false);
    return 0;
}

std::vector<std::uint8_t> ObjectReceiver::missing_of(std::uint32_t block) const {
    const std::uint32_t first = block * block_size;
    std::vector<std::uint8_t> missing;
    for (std::uint32_t slot = 0; first + slot < map_.count() && slot < block_size; ++slot) {
        if (!map_.has(first + slot)) missing.push_back(static_cast<std::uint8_t>(slot));
    }
    return missing;
}

// Parity that stands in the place of a segment which has come moves to another one.
void ObjectReceiver::clear(std::uint32_t segment) {
    const auto held = parity_.find(segment / block_size);
    if (held == parity_.end()) return;
    const auto guest = std::ranges::find(held->second, segment % block_size, &HeldParity::slot);
    if (guest == held->second.end()) return;
    const std::uint32_t slot = free_slot(held->first, held->second);
    std::memcpy(place_of(held->first * block_size + slot), place_of(segment), layout_.segment_bytes);
    guest->slot = static_cast<std::uint8_t>(slot);
}

// Computes what is missing as soon as there is as much parity.
void ObjectReceiver::solve(std::uint32_t block) {
    const auto held = parity_.find(block);
    if (held == parity_.end() || held->second.size() < map_.missing(block)) return;
    const std::uint32_t first = block * block_size;
    const std::vector<std::uint8_t> missing = missing_of(block);
    std::vector<ParitySegment> parity;
    for (const HeldParity& p : held->second) {
        parity.push_back({p.index, ByteView{place_of(first + p.slot), layout_.segment_bytes}});
    }
    const std::size_t segments = std::min(block_size, map_.count() - first);
    const MutableByteView bytes{place_of(first), segments * layout_.segment_bytes};
    CP_CHECK(decode_parity(bytes, layout_.segment_bytes, missing, parity));
    for (const std::uint8_t slot : missing) map_.mark(first + slot);
    parity_.erase(held);
}

Payload ObjectReceiver::payload() const {
    CP_CHECK(complete());
    return Payload{slab_, ByteView{slab_.get(), static_cast<std::size_t>(layout_.total_bytes)}};
}

} // namespace cp::transfer
