#include "net/udp_socket.hpp"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace cp::net {
namespace {

Failure failed(const std::string& doing, int error = errno) {
    return {errc::no_network, "cannot " + doing + ": " + std::strerror(error)};
}

template <class T>
bool set(const UdpSocket& socket, int level, int option, const T& value) {
    return ::setsockopt(socket.get(), level, option, &value, sizeof value) == 0;
}

sockaddr_in to_sockaddr(const Endpoint& endpoint) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_addr.s_addr = htonl(endpoint.address);
    out.sin_port = htons(endpoint.port);
    return out;
}

bool bind_to(const UdpSocket& socket, const Endpoint& endpoint) {
    const sockaddr_in address = to_sockaddr(endpoint);
    return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

Outcome<UdpSocket> open_socket(const std::string& what) {
    UdpSocket socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (socket.get() < 0) return failed("open the " + what);
    // Without this a socket hears every group that any program of the host joined on its port.
    if (!set(socket, IPPROTO_IP, IP_MULTICAST_ALL, 0)) return failed("set up the " + what);
    // A kernel without drop counters still receives.
    set(socket, SOL_SOCKET, SO_RXQ_OVFL, 1);
    return socket;
}

} // namespace

UdpSocket& UdpSocket::operator=(UdpSocket&& other) noexcept {
    if (this != &other) UdpSocket{std::exchange(descriptor_, other.release())};
    return *this;
}

UdpSocket::~UdpSocket() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

int UdpSocket::release() { return std::exchange(descriptor_, -1); }

Outcome<UdpSocket> open_group_socket(const std::string& what, const Endpoint& group,
                                     std::span<const Interface> interfaces, bool also_unicast) {
    const std::string name = what + " socket " + to_text(group);
    auto socket = open_socket(name);
    if (!socket) return socket;
    // Several programs share the port. Not SO_REUSEPORT: it would demand that all of them be one user's.
    if (!set(*socket, SOL_SOCKET, SO_REUSEADDR, 1)) return failed("share the " + name);
    if (!bind_to(*socket, also_unicast ? Endpoint{0, group.port} : group)) return failed("bind the " + name);
    for (const Interface& interface : interfaces) {
        ip_mreqn request{};
        request.imr_multiaddr.s_addr = htonl(group.address);
        request.imr_ifindex = static_cast<int>(interface.index);
        if (!set(*socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, request))
            return failed("join the " + name + " on " + interface.name);
    }
    return socket;
}

Outcome<UdpSocket> open_unicast_socket(std::uint32_t address, const Interface& first, std::uint8_t ttl) {
    auto socket = open_socket("unicast socket");
    if (!socket) return socket;
    if (!bind_to(*socket, Endpoint{address, 0})) return failed("bind the unicast socket");
    ip_mreqn by{};
    by.imr_ifindex = static_cast<int>(first.index);
    const bool set_up = set(*socket, IPPROTO_IP, IP_MULTICAST_IF, by) &&
                        set(*socket, IPPROTO_IP, IP_MULTICAST_TTL, int{ttl}) &&
                        set(*socket, IPPROTO_IP, IP_MULTICAST_LOOP, 1);
    if (!set_up) return failed("multicast on " + first.name);
    return socket;
}

std::size_t set_receive_buffer(const UdpSocket& socket, std::size_t wish) {
    const int half = static_cast<int>(wish / 2); // the kernel doubles it
    if (!set(socket, SOL_SOCKET, SO_RCVBUFFORCE, half)) set(socket, SOL_SOCKET, SO_RCVBUF, half);
    int granted = 0;
    socklen_t size = sizeof granted;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &granted, &size);
    return static_cast<std::size_t>(granted);
}

void set_send_buffer(const UdpSocket& socket, std::size_t wish) {
    const int half = static_cast<int>(wish / 2); // the kernel doubles it
    if (!set(socket, SOL_SOCKET, SO_SNDBUFFORCE, half)) set(socket, SOL_SOCKET, SO_SNDBUF, half);
}

bool can_segment(const UdpSocket& socket) { return set(socket, IPPROTO_UDP, UDP_SEGMENT, 0); }

bool coalesce(const UdpSocket& socket) { return set(socket, IPPROTO_UDP, UDP_GRO, 1); }

std::uint16_t local_port(const UdpSocket& socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

} // namespace cp::net
