// Numbers as people and programs read them. Independent of the locale.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cp::client {

[[nodiscard]] std::string fixed(double value, int decimals);        // "12.3"
[[nodiscard]] std::string counted(std::uint64_t, std::string_view); // "1 member", "2 members"
[[nodiscard]] std::string time_left(Duration);                      // "12 s", "1:05 min", "2:03 h"

// Decimal, as disks and networks are sold: "999 B", "524 kB", "12.3 MB".
[[nodiscard]] std::string byte_text(double bytes);
// "12.3/100.0 MB": both in the unit of the second.
[[nodiscard]] std::string progress_text(std::uint64_t done, std::uint64_t total);

} // namespace cp::client
