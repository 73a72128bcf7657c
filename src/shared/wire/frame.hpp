// The fixed header in front of every datagram. It is sent in the clear and authenticated by the seal.
//
//   offset size
//        0    2  magic "CP"
//        2    1  version (high four bits), lane (low four)
//        3    1  message type
//        4    4  cluster: first bytes of SHA-256 of the cluster name, to tell neighbours apart cheaply
//        8   12  session of the sender
//       20    8  counter of the lane: with the lane, the nonce; on bulk, the transmit number
//       28    …  sealed body, then the tag of 16
#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "wire/outbox.hpp"

#include <span>
#include <string_view>

namespace cp::wire {

inline constexpr std::uint8_t protocol_version = 1;

struct FrameHeader {
    Lane lane = Lane::control;
    MessageType type = MessageType::announce;
    std::uint32_t cluster = 0;
    SessionId session;
    std::uint64_t counter = 0;
};

[[nodiscard]] std::uint32_t cluster_mark(std::string_view cluster_name);

void write_header(const FrameHeader&, std::span<std::byte, limits::frame_header_size> out);
// Checks length, magic, version, lane. The type is checked by the codec, after the seal.
[[nodiscard]] Result<FrameHeader> read_header(ByteView datagram);

} // namespace cp::wire
