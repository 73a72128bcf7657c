// The lines of earlier sessions: plain text, one a line, oldest first, readable by their owner only. Sessions
// that run at the same time add to one file. Losing history is no reason to disturb anybody: failures are
// silent.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cp::client {

inline constexpr std::size_t history_lines_max = 1000;

// The last history_lines_max lines. Shortens a file that has grown far beyond.
[[nodiscard]] std::vector<std::string> load_history(const std::filesystem::path&);
void append_history(const std::filesystem::path&, std::string_view line);

} // namespace cp::client
