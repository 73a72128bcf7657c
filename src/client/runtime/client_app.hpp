// The client as a program: one shot, script or REPL over one Session. Returns the exit code of
// docs/operations.
#pragma once

#include "config/options.hpp"

namespace cp::client {

[[nodiscard]] int run_client(const ClientOptions&, const Environment&);

} // namespace cp::client
