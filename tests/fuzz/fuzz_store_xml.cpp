// What an object store answers with: no bytes lead to more than stands in them, and tags are bare.
#include "base/check.hpp"
#include "store/inventory.hpp"
#include "store/s3_xml.hpp"

using namespace cp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes{reinterpret_cast<const std::byte*>(data), size};
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto page = store::read_list(bytes)) {
        CP_CHECK(page->objects.size() + page->prefixes.size() <= size);
        for (const auto& object : page->objects) CP_CHECK(object.key.size() <= size);
    } else {
        CP_CHECK(page.error().code == errc::damaged && !page.error().line.empty());
    }
    CP_CHECK(store::read_error(bytes).message.size() <=
             10 * size); // what is not printable is escaped: \u0003
    CP_CHECK(store::bare_etag(text).size() <= size);
    (void)store::read_iso_time(text);
    if (const auto inventory = store::decode_inventory(bytes)) {
        const auto again = store::decode_inventory(store::encode(*inventory));
        CP_CHECK(again && *again == *inventory);
    }
    (void)store::decode_keys(bytes);
    return 0;
}
