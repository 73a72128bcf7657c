// The frame header from any bytes: refused, or written back as it was.
#include "base/check.hpp"
#include "wire/frame.hpp"

#include <algorithm>

using namespace cp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView datagram = std::as_bytes(std::span{data, size});
    const auto header = wire::read_header(datagram);
    if (!header) return 0;
    CP_CHECK(size >= limits::frame_header_size + limits::seal_tag_size);
    std::array<std::byte, limits::frame_header_size> again{};
    wire::write_header(*header, again);
    CP_CHECK(std::ranges::equal(again, datagram.first(again.size())));
    return 0;
}
