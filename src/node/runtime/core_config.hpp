// What the configuration says about detection, election, dispatch and memory, as the core wants it. Who the
// node is and what its sockets allow are the app's to add.
#pragma once

#include "config/config.hpp"
#include "node_core/node_core.hpp"

namespace cp::node {

[[nodiscard]] NodeConfig core_config(const Config&);

} // namespace cp::node
