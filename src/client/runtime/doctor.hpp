// What is wrong with the network, and what to do: facts of a Link to lines. Pure.
#pragma once

#include "client_app/link.hpp"
#include "repl/result.hpp"

#include <vector>

namespace cp::client {

// Five lines: interface, multicast loop, members heard, key, buffers.
[[nodiscard]] std::vector<DoctorLine> examine(const NetworkFacts&, const ClusterView&, const Config&);

} // namespace cp::client
