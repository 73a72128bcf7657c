// Who a client is. Pure.
#pragma once

#include "base/result.hpp"

#include <string_view>

namespace cp {

// 1..64 bytes of UTF-8 without control characters and '/', and neither "." nor "..": fit for a file name and
// a log line. Error: usage, with the reason.
[[nodiscard]] Outcome<void> check_user_name(std::string_view);

} // namespace cp
