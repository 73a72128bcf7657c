#include "http/openapi.hpp"

#include "web/bodies.hpp"
#include "web/routes.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace cp::http {
namespace {

using web::json_text;
using web::Route;

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

// "{user}" of the pattern as path parameters.
std::string parameters(const Route& route) {
    std::string out;
    std::string_view rest = route.pattern;
    while (true) {
        const std::size_t open = rest.find('{');
        if (open == std::string_view::npos) break;
        const std::size_t close = rest.find('}', open);
        out += (out.empty() ? "" : ",") +
               (R"({"name":)" + json_text(rest.substr(open + 1, close - open - 1))) +
               R"(,"in":"path","required":true,"schema":{"type":"string"}})";
        rest = rest.substr(close + 1);
    }
    const auto query = [&out](std::string_view name, std::string_view schema) {
        out += (out.empty() ? "" : ",") + (R"({"name":)" + json_text(name)) + R"(,"in":"query","schema":)" +
               std::string{schema} + '}';
    };
    constexpr std::string_view count = R"({"type":"integer","minimum":0})";
    if (route.id == web::RouteId::discover_with_images) query("limit", count);
    if (route.id == web::RouteId::events) query("history", count);
    if (route.leader_only) query("follower", R"({"type":"string","enum":["proxy"]})");
    return out.empty() ? out : R"(,"parameters":[)" + out + ']';
}

std::string body(const Route& route) {
    switch (route.body) {
    case web::BodyKind::none: return {};
    case web::BodyKind::json:
        return R"(,"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/UserAt"}}}})";
    case web::BodyKind::image:
        if (route.method == web::Method::put)
            return R"(,"requestBody":{"required":true,"content":{"image/*":{"schema":{"type":"string","format":"binary"}}}})";
        return R"(,"requestBody":{"required":true,"content":{"multipart/form-data":{"schema":{"type":"object","required":["image"],"properties":{"image":{"type":"string","format":"binary"}}}}}})";
    case web::BodyKind::upload: break;
    }
    return {};
}

std::string answers(const Route& route) {
    std::string out = R"("200":{"description":"done"})";
    const auto add = [&](int code, std::string_view what) {
        out += ",\"" + std::to_string(code) + R"(":{"description":)" + json_text(what) +
               R"(,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Failure"}}}})";
    };
    if (route.body != web::BodyKind::none) {
        add(400, "the body says nothing that this path takes");
        add(413, "the body is too large");
    }
    if (!route.open) add(401, "no token");
    if (route.leader_only) {
        add(403, "not the leader; names it");
        add(503, "no leader, or the store does not answer");
    }
    if (route.pattern.find("{user}") != std::string_view::npos) add(404, "no such user or image");
    if (route.body == web::BodyKind::image) {
        add(415, "not an image that is taken here");
        add(422, "the image is too large");
    }
    return out;
}

std::string operation(const Route& route) {
    return json_text(lower(web::name(route.method))) + R"(:{"summary":)" + json_text(route.summary) +
           parameters(route) + body(route) + (route.open ? R"(,"security":[])" : "") + R"(,"responses":{)" +
           answers(route) + "}}";
}

} // namespace

std::string openapi_json(std::string_view version) {
    std::map<std::string_view, std::string> paths;
    for (const Route& route : web::routes()) {
        std::string& operations = paths[route.pattern];
        operations += (operations.empty() ? "" : ",") + operation(route);
    }
    std::string out =
        R"({"openapi":"3.0.3","info":{"title":"CloudP2P","version":)" + json_text(version) + R"(},"paths":{)";
    for (const auto& [pattern, operations] : paths)
        out += (out.back() == '{' ? "" : ",") + json_text(pattern) + ":{" + operations + '}';
    out +=
        R"(},"security":[{"token":[]}],"components":{"securitySchemes":{"token":{"type":"http","scheme":"bearer"}},)";
    out += R"("schemas":{"UserAt":{"type":"object","required":["username","addr"],"properties":{)";
    out +=
        R"("username":{"type":"string","pattern":"^[A-Za-z0-9._-]{1,64}$"},"addr":{"type":"string","example":"10.40.6.26:9000"}}},)";
    out += R"("Failure":{"type":"object","required":["success","message"],"properties":{)";
    out += R"("success":{"type":"boolean","enum":[false]},"message":{"type":"string"}}}}}})";
    return out;
}

} // namespace cp::http
