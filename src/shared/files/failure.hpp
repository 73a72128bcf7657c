// errno and a path, turned into the line that a person gets.
#pragma once

#include "base/result.hpp"

#include <filesystem>

namespace cp {

[[nodiscard]] Failure read_failure(const std::filesystem::path&, int error);
[[nodiscard]] Failure write_failure(const std::filesystem::path&, int error);

} // namespace cp
