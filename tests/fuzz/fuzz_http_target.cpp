// Request targets: no bytes lead to a segment that names another place, and matching never fails.
#include "base/check.hpp"
#include "web/names.hpp"
#include "web/routes.hpp"

using namespace cp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto target = web::parse_target(text);
    if (!target) return 0;
    CP_CHECK(target->segments.size() <= web::segments_max && target->query.size() <= web::parameters_max);
    for (const auto& segment : target->segments) {
        CP_CHECK(segment != "." && segment != "..");
        CP_CHECK(segment.find_first_of("/\\\r\n") == std::string::npos);
        if (web::is_user(segment) || web::is_image_name(segment))
            CP_CHECK(segment.find('%') == std::string::npos);
    }
    for (const auto method : {web::Method::get, web::Method::post, web::Method::put, web::Method::other}) {
        const auto match = web::match(method, *target);
        if (const auto* found = std::get_if<web::Found>(&match)) CP_CHECK(found->route->method == method);
    }
    return 0;
}
