#include "net/transport_options.hpp"

#include "net/resolve.hpp"

namespace cp::net {

Outcome<TransportOptions> transport_options(const NetworkSection& network) {
    TransportOptions options;
    const auto io = IoModes::from_environment();
    if (!io) return io.error();
    options.io = *io;
    options.group = network.control();
    options.interfaces = {network.lan, network.interfaces};
    if (!cp::loopback_only(network)) options.ttl = network.ttl;
    for (const auto& peer : network.peers) {
        const auto endpoint = resolve(peer.host, peer.port != 0 ? peer.port : network.port);
        if (!endpoint) return endpoint.error();
        options.peers.push_back(*endpoint);
    }
    return options;
}

} // namespace cp::net
