// The client as a program: one shot, script or REPL over one Session. Returns the exit code of
// docs/operations.
#pragma once

#include "base/time.hpp"
#include "config/options.hpp"

namespace cp::client {

// `began`: when this program was started, from where `millis` of a one-shot command counts.
[[nodiscard]] int run_client(const ClientOptions&, const Environment&, TimePoint began);

// What ends the client before a command runs: a line on standard error, with `json` also an object on
// standard output. Returns the exit code.
[[nodiscard]] int fail_to_start(const Failure&, bool json);

} // namespace cp::client
