// "Did you mean": edit distance between names. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace cp {

// Levenshtein distance. Quadratic; names longer than 64 bytes count by their first 64.
[[nodiscard]] std::size_t edit_distance(std::string_view, std::string_view);

// The first of the nearest. REQUIRES: !known.empty().
[[nodiscard]] std::string_view nearest(std::string_view name, std::span<const std::string_view> known);

} // namespace cp
