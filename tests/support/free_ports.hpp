// Ports for tests that really open sockets. No test uses a fixed one.
#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace cp::test {

// Two neighbouring UDP ports that nobody used when this was made, held against other reservations as long as
// it lives. Sockets with SO_REUSEADDR can be bound to them meanwhile; those of another test cannot be, by way
// of this class.
class PortPair {
public:
    PortPair() {
        for (int attempt = 0; attempt < 200; ++attempt) {
            first_ = reserve(0);
            const std::uint16_t port = first_ < 0 ? std::uint16_t{0} : port_of(first_);
            if (port != 0 && port < 65534) {
                second_ = reserve(static_cast<std::uint16_t>(port + 1));
                if (second_ >= 0) return;
            }
            release();
        }
        throw std::runtime_error{"no two neighbouring UDP ports are free"};
    }
    ~PortPair() { release(); }
    PortPair(const PortPair&) = delete;
    PortPair& operator=(const PortPair&) = delete;

    [[nodiscard]] std::uint16_t control() const { return port_of(first_); }

private:
    static int reserve(std::uint16_t port) {
        const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        const int off = 0;
        const int on = 1;
        ::setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof off);
        // Bound while exclusive, so that a port in use is refused; shared from then on.
        const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        if (bound && ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0) return fd;
        ::close(fd);
        return -1;
    }
    static std::uint16_t port_of(int fd) {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
        return ntohs(address.sin_port);
    }
    void release() {
        for (int* fd : {&first_, &second_}) {
            if (*fd >= 0) ::close(std::exchange(*fd, -1));
        }
    }

    int first_ = -1;
    int second_ = -1;
};

} // namespace cp::test
