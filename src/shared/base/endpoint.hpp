// An IPv4 address and UDP or TCP port as a value; the transport converts it to what sockets want.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace cp {

struct Endpoint {
    std::uint32_t address = 0; // host byte order
    std::uint16_t port = 0;
    constexpr explicit operator bool() const { return port != 0; }
    auto operator<=>(const Endpoint&) const = default;
};

[[nodiscard]] inline std::string to_text(const Endpoint& e) {
    std::string text;
    for (unsigned shift : {24U, 16U, 8U, 0U}) {
        text += std::to_string(e.address >> shift & 0xffU);
        text += shift == 0 ? ':' : '.';
    }
    return text + std::to_string(e.port);
}

} // namespace cp
