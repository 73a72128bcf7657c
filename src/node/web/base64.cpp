#include "web/base64.hpp"

namespace cp::web {

std::string base64(ByteView bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group =
                group << 8U | (at + i < bytes.size() ? std::to_integer<std::uint32_t>(bytes[at + i]) : 0U);
        for (unsigned shift : {18U, 12U, 6U, 0U}) out += alphabet[group >> shift & 63U];
    }
    for (std::size_t pad = bytes.size() % 3; pad != 0 && pad < 3; ++pad) out[out.size() - (3 - pad)] = '=';
    return out;
}

} // namespace cp::web
