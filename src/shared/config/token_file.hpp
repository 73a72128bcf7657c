// The bearer token of the HTTP API: 64 hexadecimal digits in a file that only its owner can read, beside the
// cluster key. All nodes of a cluster that are reached from other machines share one. Blocking; for start-up.
#pragma once

#include "base/result.hpp"
#include "config/config.hpp"
#include "config/environment.hpp"

#include <filesystem>
#include <string>

namespace cp {

// "http.token" in the folder of the cluster key. Error: bad_config without a home directory.
[[nodiscard]] Outcome<std::filesystem::path> token_path(const NodeSection&, const Environment&);
// Errors: not_found, permissions (with the chmod to type), bad_field.
[[nodiscard]] Outcome<std::string> load_token(const std::filesystem::path&);
// Makes one when there is none; racing makers agree.
[[nodiscard]] Outcome<std::string> obtain_token(const std::filesystem::path&);

} // namespace cp
