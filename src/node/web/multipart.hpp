// Takes fields out of a multipart/form-data body (RFC 7578). RESTinio's helper does the parsing and is
// hidden here; no other file includes it. Total on any bytes; nothing is copied but what is returned, and a
// body that lacks its last line end. Pure.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cp::web {

// The content of the first part whose field is called `field`, as it stands in `body`.
// Errors: bad_field with one line for the sender: no multipart/form-data, no boundary, no whole part, no such
// field.
[[nodiscard]] Outcome<std::string> multipart_field(std::string_view content_type, const std::string& body,
                                                   std::string_view field);

struct FormField {
    std::string name;
    std::string file_name; // empty: none was given
    std::string content;
};
// All fields, in their order. Errors as above; two fields of one name are bad_field, too.
[[nodiscard]] Outcome<std::vector<FormField>> multipart_form(std::string_view content_type,
                                                             const std::string& body);

} // namespace cp::web
