#include "base/bytes.hpp"

#include <cstring>

namespace cp {

ByteView ByteReader::take(std::size_t count) {
    if (!ok_ || count > left()) {
        ok_ = false;
        return {};
    }
    const ByteView view = bytes_.subspan(at_, count);
    at_ += count;
    return view;
}

std::uint64_t ByteReader::number(std::size_t width) {
    std::uint64_t value = 0;
    for (std::byte b : take(width)) value = value << 8U | std::to_integer<std::uint64_t>(b);
    return value;
}

void ByteWriter::bytes(ByteView view) {
    if (!ok_ || view.size() > out_.size() - at_) {
        ok_ = false;
        return;
    }
    if (!view.empty()) std::memcpy(out_.data() + at_, view.data(), view.size());
    at_ += view.size();
}

void ByteWriter::number(std::uint64_t value, std::size_t width) {
    std::array<std::byte, 8> big_endian{};
    for (std::size_t i = width; i-- > 0; value >>= 8U) big_endian[i] = static_cast<std::byte>(value & 0xffU);
    bytes(ByteView{big_endian}.first(width));
}

} // namespace cp
