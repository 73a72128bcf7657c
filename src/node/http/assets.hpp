// The files of the dashboard (page/), compiled into the program.
#pragma once

#include <string_view>

namespace cp::http {

struct Asset {
    std::string_view name; // "app.js"
    std::string_view type; // "text/javascript"
    std::string_view text;
};

[[nodiscard]] const Asset* find_asset(std::string_view name); // nullptr: no such file

} // namespace cp::http
