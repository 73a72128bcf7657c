// Bulk bytes that nobody changes any more: reference-counted, so passing an image through five layers copies
// nothing. Copying a Payload is safe from any thread; the bytes live until the last copy is gone.
#pragma once

#include "base/bytes.hpp"

#include <memory>
#include <utility>

namespace cp {

class Payload {
public:
    Payload() = default;
    explicit Payload(Bytes bytes) {
        auto owner = std::make_shared<const Bytes>(std::move(bytes));
        view_ = *owner;
        owner_ = std::move(owner);
    }
    // Memory of another kind (bulk_memory.hpp); `owner` keeps `view` alive.
    Payload(std::shared_ptr<const void> owner, ByteView view) : owner_{std::move(owner)}, view_{view} {}

    [[nodiscard]] ByteView view() const { return view_; }
    [[nodiscard]] std::size_t size() const { return view_.size(); }
    [[nodiscard]] Payload slice(std::size_t from, std::size_t count) const {
        return Payload{owner_, view_.subspan(from, count)};
    }
    explicit operator bool() const { return owner_ != nullptr; }

private:
    std::shared_ptr<const void> owner_;
    ByteView view_;
};

} // namespace cp
