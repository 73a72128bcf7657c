// Uploads and results from any bytes, the first saying which: refused, or made again to the same bytes.
#include "base/check.hpp"
#include "wire/objects.hpp"

#include <algorithm>

using namespace cp;

namespace {

template <class Header>
void comes_back(const Result<wire::Object<Header>>& read, ByteView object) {
    if (!read) return;
    if (read->tagged) return;
    const Payload again = wire::make_object(wire::object_prefix(read->header), read->body.view());
    CP_CHECK(again.size() == object.size());
    CP_CHECK(std::ranges::equal(again.view().first(again.size() - limits::digest_size),
                                object.first(object.size() - limits::digest_size)));
    // Only the digest is not checked by reading.
    CP_CHECK(wire::digest_matches(object) == std::ranges::equal(again.view(), object));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Payload object{
        Bytes{reinterpret_cast<const std::byte*>(data) + 1, reinterpret_cast<const std::byte*>(data) + size}};
    if (data[0] % 2 == 0) {
        comes_back(wire::read_upload(object), object.view());
    } else {
        comes_back(wire::read_result(object), object.view());
    }
    return 0;
}
