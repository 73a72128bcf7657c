#include "store/inventory.hpp"

#include "store/key.hpp"

namespace cp::store {
namespace {

// Keys longer than this do not exist (key.hpp), so a length always fits.
void append_key(Bytes& out, const std::string& key, std::size_t more) {
    const std::size_t at = out.size();
    out.resize(at + 2 + key.size() + more);
    ByteWriter writer{std::span{out}.subspan(at)};
    writer.u16(static_cast<std::uint16_t>(key.size()));
    writer.bytes(as_bytes(key));
}

Result<std::string> read_key(ByteReader& reader) {
    const std::size_t size = reader.u16();
    const std::string key{as_text(reader.take(size))};
    if (!reader.ok()) return errc::truncated;
    if (!is_key(key)) return errc::bad_field;
    return key;
}

} // namespace

Bytes encode(const Inventory& inventory) {
    Bytes out;
    for (const auto& [key, version] : inventory) {
        append_key(out, key, 16);
        ByteWriter writer{std::span{out}.last(16)};
        writer.u64(version.modified);
        writer.u64(version.digest);
    }
    return out;
}

Result<Inventory> decode_inventory(ByteView bytes) {
    Inventory out;
    ByteReader reader{bytes};
    while (reader.left() > 0) {
        auto key = read_key(reader);
        if (!key) return key.error();
        const std::uint64_t modified = reader.u64();
        const std::uint64_t digest = reader.u64();
        if (!reader.ok()) return errc::truncated;
        out.emplace(std::move(*key), Version{modified, digest});
    }
    return out;
}

Bytes encode(const std::vector<std::string>& keys) {
    Bytes out;
    for (const std::string& key : keys) append_key(out, key, 0);
    return out;
}

Result<std::vector<std::string>> decode_keys(ByteView bytes) {
    std::vector<std::string> out;
    ByteReader reader{bytes};
    while (reader.left() > 0) {
        auto key = read_key(reader);
        if (!key) return key.error();
        out.push_back(std::move(*key));
    }
    return out;
}

Difference compare(const Inventory& ours, const Inventory& theirs) {
    Difference out;
    const auto lacks = [](const Inventory& there, const std::string& key, const Version& version) {
        const auto found = there.find(key);
        return found == there.end() || (found->second.digest != version.digest && found->second < version);
    };
    for (const auto& [key, version] : ours)
        if (lacks(theirs, key, version)) out.give.push_back(key);
    for (const auto& [key, version] : theirs)
        if (lacks(ours, key, version)) out.want.push_back(key);
    return out;
}

} // namespace cp::store
