// The codec on any bytes, the first being the type: refused, or encoded again to the same bytes.
#include "base/check.hpp"
#include "wire/codec.hpp"

#include <algorithm>

using namespace cp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto type = static_cast<wire::MessageType>(data[0]);
    const ByteView body = std::as_bytes(std::span{data, size}.subspan(1));
    const auto message = wire::decode(type, body);
    if (!message) return 0;
    CP_CHECK(wire::type_of(*message) == type);
    Bytes again(body.size());
    const auto written = wire::encode(*message, again);
    CP_CHECK(written == body.size() && std::ranges::equal(again, body));
    return 0;
}
