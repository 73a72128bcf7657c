// One UDP socket of the kernel, opened and set up the way the group transport wants it. Plain system calls:
// Asio has no names for most of these options, and takes the descriptor over afterwards.
#pragma once

#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "net/interfaces.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace cp::net {

// Owns a descriptor.
class UdpSocket {
public:
    UdpSocket() = default;
    explicit UdpSocket(int descriptor) : descriptor_{descriptor} {}
    UdpSocket(UdpSocket&& other) noexcept : descriptor_{other.release()} {}
    UdpSocket& operator=(UdpSocket&& other) noexcept;
    ~UdpSocket();

    [[nodiscard]] int get() const { return descriptor_; }
    int release(); // the caller owns it from now on

private:
    int descriptor_ = -1;
};

// Receives a group on each of `interfaces`. With `also_unicast` it is bound to every address instead of the
// group's, so that unicast datagrams to the port arrive too. Errors: no_network, with a line that names
// `what`.
[[nodiscard]] Outcome<UdpSocket> open_group_socket(const std::string& what, const Endpoint& group,
                                                   std::span<const Interface>, bool also_unicast);

// Sends everything and receives replies, on a port that the kernel picks. Multicast leaves by the first
// interface unless a datagram says otherwise, with this TTL, and is heard by other programs of this host.
[[nodiscard]] Outcome<UdpSocket> open_unicast_socket(std::uint32_t address, const Interface& first,
                                                     std::uint8_t ttl);

// Asks for a receive buffer and returns what was granted: at most twice net.core.rmem_max, unless we may ask
// for more (CAP_NET_ADMIN). Both in the kernel's accounting, which charges a datagram with its overhead: 2304
// bytes for one of 1472, 16 640 for one of 15 872. (In a full group that came as one, 1491 to 1529 and
// 16 080. Nobody can count on that: whether it does is up to the sender, its devices and ours.)
std::size_t set_receive_buffer(const UdpSocket&, std::size_t wish);
// As much may wait in the card's queue; the same accounting and bounds (net.core.wmem_max).
void set_send_buffer(const UdpSocket&, std::size_t wish);

// Whether sends on it may name a segment size (UDP_SEGMENT). A device on the way may refuse it all the same.
[[nodiscard]] bool can_segment(const UdpSocket&);
// Has the kernel hand over equal datagrams as one message (UDP_GRO); false when it cannot.
[[nodiscard]] bool coalesce(const UdpSocket&);

[[nodiscard]] std::uint16_t local_port(const UdpSocket&);

} // namespace cp::net
