// Small files that only their owner may read: the cluster key, the token of the HTTP API. Blocking; for
// start-up only.
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace cp::config {

// The text of the file, at most 1 KiB; `what` it holds is for the line of an error. Errors: permissions
// (others can read it; the line has the command that mends it), not_found, unreadable, too_large.
[[nodiscard]] Outcome<std::string> read_secret(const std::filesystem::path& path, std::string_view what);

// For a line that a person pastes into a shell.
[[nodiscard]] std::string shell_quoted(const std::filesystem::path& path);

} // namespace cp::config
