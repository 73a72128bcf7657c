// The OpenAPI 3 document of this API, made from the table of routes, so that it cannot say anything else.
// Pure.
#pragma once

#include <string>
#include <string_view>

namespace cp::http {

[[nodiscard]] std::string openapi_json(std::string_view version);

} // namespace cp::http
