// From the [network] section to what GroupTransport wants; peers' names are resolved here (blocking).
#pragma once

#include "config/config.hpp"
#include "net/group_transport.hpp"

namespace cp::net {

// Errors: no_network for a peer whose name does not resolve.
[[nodiscard]] Outcome<TransportOptions> transport_options(const NetworkSection&);

} // namespace cp::net
