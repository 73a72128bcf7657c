// What the writer and the reader of CPE1 agree on beside container.hpp's sizes (docs/formats.md). Theirs
// alone.
#pragma once

#include "imaging/container.hpp"

#include <string_view>

namespace cp::imaging::container_layout {

inline constexpr std::string_view magic = "CPE1";
inline constexpr std::uint8_t version = 1;
inline constexpr std::size_t key_check_at = 56;
inline constexpr std::size_t key_check_size = 8;
static_assert(key_check_at + key_check_size == container_header_size);

} // namespace cp::imaging::container_layout
