// The CPE1 reader on any bytes. A fuzzer cannot guess tags, so what it made is also tried with its key check
// and tag put right, under fixed keys: that must open exactly if its key parameters are allowed, and
// encrypting what came out must give the same file.
#include "base/check.hpp"
#include "crypto/digest.hpp"
#include "imaging/container.hpp"

#include <algorithm>

using namespace cp;
using namespace cp::imaging;

namespace {

constexpr std::uint64_t plaintext_max = 1 << 20;

Bytes put_right(ByteView file, const FileKey& key) {
    Bytes fixed{file.begin(), file.end()};
    const std::span<std::byte> all{fixed};
    const Digest check = hmac_sha256(key.keys.mac, all.first(56));
    std::ranges::copy(ByteView{check}.first(8), all.subspan(56).begin());
    const Digest tag = hmac_sha256(key.keys.mac, all.first(all.size() - container_tag_size));
    std::ranges::copy(tag, all.last(container_tag_size).begin());
    return fixed;
}

void reader_is_total(ByteView file) {
    const auto by_name = decrypt(file, Username{"alice"}, plaintext_max);
    const auto by_key = decrypt(file, UserKey{}, plaintext_max);
    CP_CHECK(by_name.has_error() || by_key.has_error()); // a file has one profile
}

void right_tags_open(ByteView file, const Header& header) {
    const FileKey key{.parameters = header.parameters, .salt = header.salt, .keys = {}};
    const Bytes fixed = put_right(file, key);
    const auto opened = decrypt(fixed, key, plaintext_max);
    CP_CHECK(opened.has_value() == check(header.parameters).has_value());
    if (!opened) return;
    Bytes again(opened->size() + container_overhead);
    const CounterStart start = ByteReader{header.counter_block}.array<12>();
    CP_CHECK(encrypt(key, start, *opened, again).has_value());
    CP_CHECK(again == fixed);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView file = std::as_bytes(std::span{data, size});
    reader_is_total(file);
    if (const auto header = read_header(file, file.size(), plaintext_max)) {
        CP_CHECK(header->size + container_overhead == file.size());
        right_tags_open(file, *header);
    }
    return 0;
}
