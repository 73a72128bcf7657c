// Text broken at blanks to fit a terminal. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cp::client {

// Appends `text` to a line of which `indent` columns are used, and ends it; further lines are indented as
// far. A word longer than a line stands alone and runs over: a name cut in two helps nobody. Counts bytes as
// columns.
void append_wrapped(std::string& out, std::string_view text, std::size_t indent, std::size_t columns);

} // namespace cp::client
