// Both sides of the liveness link handshake against any bytes: nobody who lacks the key is believed.
#include "base/check.hpp"
#include "wire/link_handshake.hpp"

#include <algorithm>

using namespace cp;

namespace {

const Digest key{};
const SessionId ours{std::array<std::byte, 12>{std::byte{0xb0}}};
const SessionId theirs{std::array<std::byte, 12>{std::byte{0xa0}}};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes = std::as_bytes(std::span{data, size});
    const ByteView hello = bytes.first(std::min(size, wire::link_hello_size));
    wire::LinkServer server{{key, ours, {}}};
    const auto answer = server.on_hello(hello);
    CP_CHECK(!answer || hello.size() == wire::link_hello_size);
    CP_CHECK(!server.on_proof(bytes.subspan(hello.size())));
    if (answer) CP_CHECK(!server.on_proof(*answer) && !server.on_proof(ByteView{*answer}.last(32)));

    const wire::LinkClient client{{key, ours, {}}, theirs};
    CP_CHECK(!client.on_answer(bytes));
    return 0;
}
