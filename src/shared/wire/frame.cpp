#include "wire/frame.hpp"

#include "crypto/digest.hpp"

namespace cp::wire {
namespace {

constexpr std::uint16_t magic = 0x4350; // "CP"

} // namespace

std::uint32_t cluster_mark(std::string_view cluster_name) {
    const Digest digest = sha256(as_bytes(cluster_name));
    return ByteReader{digest}.u32();
}

void write_header(const FrameHeader& header, std::span<std::byte, limits::frame_header_size> out) {
    ByteWriter writer{out};
    writer.u16(magic);
    writer.u8(static_cast<std::uint8_t>(protocol_version << 4U | static_cast<unsigned>(header.lane)));
    writer.u8(static_cast<std::uint8_t>(header.type));
    writer.u32(header.cluster);
    writer.bytes(header.session.bytes);
    writer.u64(header.counter);
}

Result<FrameHeader> read_header(ByteView datagram) {
    ByteReader reader{datagram};
    if (reader.u16() != magic) return reader.ok() ? errc::wrong_magic : errc::truncated;
    const std::uint8_t version_and_lane = reader.u8();
    FrameHeader header;
    header.type = static_cast<MessageType>(reader.u8());
    header.cluster = reader.u32();
    header.session.bytes = reader.array<12>();
    header.counter = reader.u64();
    if (!reader.ok() || reader.left() < limits::seal_tag_size) return errc::truncated;
    if (version_and_lane >> 4U != protocol_version) return errc::wrong_version;
    if ((version_and_lane & 0xfU) >= lane_count) return errc::bad_field;
    header.lane = static_cast<Lane>(version_and_lane & 0xfU);
    return header;
}

} // namespace cp::wire
