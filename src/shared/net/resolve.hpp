// Names of peers to addresses. Blocks, as name servers do: for start-up, not for the coordination thread.
#pragma once

#include "base/endpoint.hpp"
#include "base/result.hpp"

#include <string>

namespace cp::net {

// IPv4, the first answer. Errors: no_network with a line that names the host.
[[nodiscard]] Outcome<Endpoint> resolve(const std::string& host, std::uint16_t port);

} // namespace cp::net
