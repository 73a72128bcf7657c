#include "net/resolve.hpp"

#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace cp::net {

Outcome<Endpoint> resolve(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* raw = nullptr;
    const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &raw);
    if (error != 0) return Failure{errc::no_network, "peer " + host + ": " + ::gai_strerror(error)};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list{raw, &::freeaddrinfo};
    const auto* address = reinterpret_cast<const sockaddr_in*>(list->ai_addr);
    return Endpoint{ntohl(address->sin_addr.s_addr), port};
}

} // namespace cp::net
