// From what happened to a CommandResult: shared by the commands of a Session. Pure.
#pragma once

#include "client_app/link.hpp"
#include "repl/result.hpp"

namespace cp::client {

[[nodiscard]] CommandResult result_of(const Work&); // not ok yet
CommandResult& fail(CommandResult&, const Failure&);

// Why nothing came of it within the timeout. `sent`: the upload was on its way.
[[nodiscard]] Failure timed_out(const ClusterView&, Duration timeout, bool sent);

} // namespace cp::client
