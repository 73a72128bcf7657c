#include "wire/objects.hpp"

#include "base/check.hpp"
#include "wire/fields.hpp"

#include <algorithm>

namespace cp::wire {
namespace {

template <class Header>
Bytes prefix_of(const Header& header) {
    std::array<std::byte, limits::object_header_max> buffer;
    ByteWriter writer{buffer};
    OutArchive archive{writer};
    archive& header;
    CP_CHECK(writer.ok()); // user and file names are bounded where they enter
    Bytes prefix(4 + writer.size());
    ByteWriter out{prefix};
    out.u32(static_cast<std::uint32_t>(writer.size()));
    out.bytes(ByteView{buffer}.first(writer.size()));
    return prefix;
}

template <class Header>
Result<Object<Header>> read(const Payload& object) {
    ByteReader reader{object.view()};
    const std::size_t header_size = reader.u32();
    if (header_size > limits::object_header_max) return errc::too_large;
    ByteReader fields{reader.take(header_size)};
    if (!reader.ok() || reader.left() < limits::digest_size) return errc::truncated;
    Object<Header> result;
    try {
        InArchive archive{fields};
        archive& result.header;
    } catch (const ArchiveError& error) {
        return error.code;
    }
    if (!fields.done()) return errc::trailing_bytes;
    result.body = object.slice(4 + header_size, reader.left() - limits::digest_size);
    return result;
}

} // namespace

Bytes object_prefix(const TaskHeader& header) { return prefix_of(header); }
Bytes object_prefix(const ResultHeader& header) { return prefix_of(header); }

Bytes object_prefix(const StoredHeader& header) { return prefix_of(header); }

Payload make_object(ByteView prefix, ByteView body) {
    Bytes object(prefix.size() + body.size() + limits::digest_size);
    ByteWriter writer{object};
    writer.bytes(prefix);
    writer.bytes(body);
    writer.bytes(sha256(ByteView{object}.first(writer.size())));
    CP_CHECK(writer.ok());
    return Payload{std::move(object)};
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
    if (object.size() < limits::digest_size) return false;
    return sha256(object.first(object.size() - limits::digest_size)) == stated_digest(object);
}

} // namespace cp::wire
