// What stands in a request line behind the method, taken apart: "/image/alice/a%20b.png?limit=3". Total on
// any bytes. Pure.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cp::web {

struct Target {
    std::vector<std::string> segments; // of the path, decoded; none for "/"
    std::vector<std::pair<std::string, std::string>> query;

    // The first value under that name; empty string when it stands there without one, nullptr when absent.
    [[nodiscard]] const std::string* parameter(std::string_view name) const;
};

inline constexpr std::size_t target_max = 2048; // bytes
inline constexpr std::size_t segments_max = 16;
inline constexpr std::size_t parameters_max = 32;

// Origin form only. Refused with bad_field: a broken percent code, control characters, and segments that
// decode to something with '/' or '\\' in it, "." or "..": nobody honest sends those, and nothing behind this
// has to think of them. too_large: over a limit above.
[[nodiscard]] Result<Target> parse_target(std::string_view);

// Decodes %XX; with `plus` also '+' as a space. bad_field: broken codes, and control characters.
[[nodiscard]] Result<std::string> percent_decoded(std::string_view, bool plus);

} // namespace cp::web
