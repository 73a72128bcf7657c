#include "imaging/hide_request.hpp"

#include "base/check.hpp"

namespace cp::imaging {
namespace {

constexpr std::size_t fixed_size = 4 + 32 + 16 + 32 + 1 + 8;

} // namespace

Bytes write_hide_request(const HideRequest& request) {
    CP_CHECK(request.name.size() <= hidden_name_max);
    Bytes out(fixed_size + request.name.size() + request.payload.size() + request.cover.size());
    ByteWriter writer{out};
    writer.u8(static_cast<std::uint8_t>(request.method));
    writer.u8(static_cast<std::uint8_t>(request.kind));
    writer.u8(static_cast<std::uint8_t>(request.height));
    writer.u8(static_cast<std::uint8_t>(request.keys.profile));
    writer.bytes(request.keys.location);
    writer.bytes(request.keys.header_enc);
    writer.bytes(request.keys.header_mac);
    writer.u8(static_cast<std::uint8_t>(request.name.size()));
    writer.bytes(as_bytes(request.name));
    writer.u64(request.payload.size());
    writer.bytes(request.payload);
    writer.bytes(request.cover);
    CP_CHECK(writer.ok() && writer.size() == out.size());
    return out;
}

Result<HideRequest> read_hide_request(ByteView bytes) {
    ByteReader reader{bytes};
    HideRequest request;
    request.method = static_cast<HideMethod>(reader.u8());
    request.kind = static_cast<HiddenKind>(reader.u8());
    request.height = reader.u8();
    request.keys.profile = static_cast<Profile>(reader.u8());
    request.keys.location = reader.array<32>();
    request.keys.header_enc = reader.array<16>();
    request.keys.header_mac = reader.array<32>();
    const std::size_t name_size = reader.u8();
    request.name = as_text(reader.take(name_size));
    const std::uint64_t payload_size = reader.u64();
    if (!reader.ok() || payload_size > reader.left()) return errc::truncated;
    request.payload = reader.take(static_cast<std::size_t>(payload_size));
    request.cover = reader.rest();
    if (request.method != HideMethod::adaptive && request.method != HideMethod::lsb) return errc::bad_field;
    return request;
}

} // namespace cp::imaging
