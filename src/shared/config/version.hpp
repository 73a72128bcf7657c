// What --version prints; a unit test holds it against CMakeLists.txt.
#pragma once

#include <string_view>

namespace cp {

inline constexpr std::string_view version = "0.1.0";

} // namespace cp
