// Percent-encoding as Signature Version 4 wants it: what is signed and what is sent must be the same bytes,
// so nothing is left to a library's taste. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cp::store {

// All but letters, digits and "-._~" becomes %XX with upper-case digits.
[[nodiscard]] std::string percent_encoded(std::string_view);
// The same of a key in a path: slashes stay.
[[nodiscard]] std::string path_encoded(std::string_view key);

using Query = std::vector<std::pair<std::string, std::string>>;
// "a=1&b=%2F": sorted by name in byte order, each with '=' also when the value is empty. Without '?'.
[[nodiscard]] std::string query_text(Query);

} // namespace cp::store
