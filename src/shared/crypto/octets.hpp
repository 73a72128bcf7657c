// std::byte to unsigned char and back: what C libraries and Crypto++ call a byte. No conversion, no copy.
#pragma once

#include "base/bytes.hpp"

namespace cp {

[[nodiscard]] inline const unsigned char* octets(ByteView bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
[[nodiscard]] inline unsigned char* writable_octets(std::span<std::byte> bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

} // namespace cp
