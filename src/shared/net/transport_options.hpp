// From the [network] section, and the environment of a test (net/io_modes.hpp), to what GroupTransport wants;
// peers' names are resolved here (blocking).
#pragma once

#include "config/config.hpp"
#include "net/group_transport.hpp"

namespace cp::net {

// Errors: no_network for a peer whose name does not resolve; bad_config.
[[nodiscard]] Outcome<TransportOptions> transport_options(const NetworkSection&);

} // namespace cp::net
