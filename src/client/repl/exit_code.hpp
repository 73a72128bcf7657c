// The exit codes of the client: a promise to scripts. Pure.
#pragma once

#include "base/errc.hpp"

#include <span>

namespace cp::client {

enum class ExitCode : int {
    done = 0,
    failed = 1,
    usage = 2,
    no_cluster = 3, // no cluster, no leader, or busy, within the timeout
    not_found = 4,
    refused = 5,
    partly = 6,
    not_verified = 7,
    interrupted = 130, // 128 + SIGINT, as shells count
};

[[nodiscard]] ExitCode exit_code(errc);

// Of several things that were to be done: interrupted wins; all done is done; some done is `partly`; all
// failed for one reason is that reason, for several reasons `failed`. Nothing at all is done.
[[nodiscard]] ExitCode exit_code(std::span<const ExitCode>);

} // namespace cp::client
