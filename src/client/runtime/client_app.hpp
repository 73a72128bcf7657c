// The client as a program: one shot, script or REPL over one Session. Returns the exit code of
// docs/operations.
#pragma once

#include "config/options.hpp"

namespace cp::client {

[[nodiscard]] int run_client(const ClientOptions&, const Environment&);

// What ends the client before a command runs: a line on standard error, with `json` also an object on
// standard output. Returns the exit code.
[[nodiscard]] int fail_to_start(const Failure&, bool json);

} // namespace cp::client
