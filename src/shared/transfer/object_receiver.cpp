#include "transfer/object_receiver.hpp"

#include "base/check.hpp"

#include <cstring>
#include <new>

namespace cp::transfer {

std::unique_ptr<ObjectReceiver> ObjectReceiver::make(const ObjectLayout& layout) {
    // new[] of bytes leaves them as they are: the pages are touched first when their segments arrive.
    auto* const bytes = new (std::nothrow) std::byte[static_cast<std::size_t>(layout.total_bytes)];
    if (bytes == nullptr) return nullptr;
    std::shared_ptr<std::byte> slab{bytes, std::default_delete<std::byte[]>{}};
    return std::unique_ptr<ObjectReceiver>{new ObjectReceiver{layout, std::move(slab)}};
}

ObjectReceiver::ObjectReceiver(const ObjectLayout& layout, std::shared_ptr<std::byte> slab)
    : layout_{layout}, slab_{std::move(slab)}, map_{layout.segments()} {}

ObjectReceiver::Arrival ObjectReceiver::on_data(std::uint32_t segment, ByteView bytes) {
    if (segment >= map_.count() || bytes.size() != layout_.size_of(segment)) return Arrival::misfit;
    if (!map_.mark(segment)) return Arrival::duplicate;
    std::memcpy(slab_.get() + layout_.offset_of(segment), bytes.data(), bytes.size());
    return Arrival::stored;
}

Payload ObjectReceiver::payload() const {
    CP_CHECK(complete());
    return Payload{slab_, ByteView{slab_.get(), static_cast<std::size_t>(layout_.total_bytes)}};
}

} // namespace cp::transfer
