#include "wire/objects.hpp"

#include "base/bulk_memory.hpp"
#include "base/check.hpp"
#include "wire/fields.hpp"

#include <algorithm>
#include <new>
#include <type_traits>

namespace cp::wire {
namespace {

constexpr std::uint32_t tagged_flag = 1U << 31U; // in the header's size

// size | header | body | digest, found by the size alone.
struct Parts {
    bool tagged = false;
    ByteView prefix;
    ByteView header; // within the prefix
    ByteView body;
};

Result<Parts> parts_of(ByteView object) {
    ByteReader reader{object};
    const std::uint32_t size = reader.u32();
    Parts parts;
    parts.tagged = (size & tagged_flag) != 0;
    const std::size_t header_size = size & ~tagged_flag;
    if (header_size > limits::object_header_max) return errc::too_large;
    parts.header = reader.take(header_size);
    const std::size_t behind = limits::digest_size + (parts.tagged ? limits::digest_size : 0);
    if (!reader.ok() || reader.left() < behind) return errc::truncated;
    parts.prefix = object.first(4 + header_size);
    parts.body = reader.take(reader.left() - limits::digest_size);
    return parts;
}

template <class Header>
Bytes prefix_of(const Header& header, bool tagged = false) {
    std::array<std::byte, limits::object_header_max> buffer;
    ByteWriter writer{buffer};
    OutArchive archive{writer};
    archive& header;
    CP_CHECK(writer.ok()); // user and file names are bounded where they enter
    Bytes prefix(4 + writer.size());
    ByteWriter out{prefix};
    out.u32(static_cast<std::uint32_t>(writer.size()) | (tagged ? tagged_flag : 0U));
    out.bytes(ByteView{buffer}.first(writer.size()));
    return prefix;
}

template <class Header>
Result<Object<Header>> read(const Payload& object) {
    const auto parts = parts_of(object.view());
    if (!parts) return parts.error();
    if (parts->tagged && !std::is_same_v<Header, ResultHeader>) return errc::bad_field;
    ByteReader fields{parts->header};
    Object<Header> result;
    try {
        InArchive archive{fields};
        archive& result.header;
    } catch (const ArchiveError& error) {
        return error.code;
    }
    if (!fields.done()) return errc::trailing_bytes;
    result.body = object.slice(parts->prefix.size(), parts->body.size());
    result.tagged = parts->tagged;
    return result;
}

} // namespace

Bytes object_prefix(const TaskHeader& header) { return prefix_of(header); }
Bytes object_prefix(const ResultHeader& header, bool tagged) { return prefix_of(header, tagged); }
Bytes object_prefix(const StoredHeader& header) { return prefix_of(header); }

Digest object_digest(ByteView prefix, const Digest& body) {
    Sha256 hash;
    hash.update(prefix);
    hash.update(body);
    return hash.finish();
}

Payload make_object(ByteView prefix, ByteView body) {
    const std::size_t size = prefix.size() + body.size() + limits::digest_size;
    auto memory = bulk_memory(size);
    if (!memory) throw std::bad_alloc{};
    ByteWriter writer{{memory.get(), size}};
    writer.bytes(prefix);
    writer.bytes(body);
    writer.bytes(object_digest(prefix, sha256(body)));
    CP_CHECK(writer.ok());
    const ByteView object{memory.get(), size};
    return Payload{std::move(memory), object};
}

Result<Object<TaskHeader>> read_upload(const Payload& object) {
    auto upload = read<TaskHeader>(object);
    if (!upload) return upload;
    const TaskHeader& header = upload->header;
    if (header.user.empty() || header.user.size() > limits::user_name_max) return errc::bad_field;
    if (header.name.size() > limits::file_name_max) return errc::bad_field;
    return upload;
}

Result<Object<ResultHeader>> read_result(const Payload& object) { return read<ResultHeader>(object); }

Result<Object<StoredHeader>> read_stored(const Payload& object) { return read<StoredHeader>(object); }

Digest stated_digest(ByteView object) {
    Digest digest{};
    if (object.size() >= digest.size()) std::ranges::copy(object.last(digest.size()), digest.begin());
    return digest;
}

bool digest_matches(ByteView object) {
    const auto parts = parts_of(object);
    if (!parts) return false;
    Digest body{};
    if (parts->tagged)
        std::ranges::copy(parts->body.last(body.size()), body.begin());
    else
        body = sha256(parts->body);
    return object_digest(parts->prefix, body) == stated_digest(object);
}

} // namespace cp::wire
