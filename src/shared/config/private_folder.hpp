// Folders for keys and for what a node remembers. Blocking; for start-up only.
#pragma once

#include "base/result.hpp"

#include <filesystem>

namespace cp::config {

// Makes `path` with mode 0700, and its missing parents as the umask says. An existing folder keeps its mode.
// Errors: unwritable, disk_full.
[[nodiscard]] Outcome<void> make_private_folder(const std::filesystem::path& path);

} // namespace cp::config
