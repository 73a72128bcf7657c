// Base64 (RFC 4648, section 4) with padding. Pure.
#pragma once

#include "base/bytes.hpp"

#include <string>

namespace cp::web {

[[nodiscard]] std::string base64(ByteView);

} // namespace cp::web
