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
    if (route.pattern.find("{task}") != std::string_view::npos)
        out += R"(,{"name":"X-Task-Token","in":"header","schema":{"type":"string"}})";
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
    case web::BodyKind::upload:
        return R"(,"requestBody":{"required":true,"content":{"multipart/form-data":{"schema":{"$ref":"#/components/schemas/TaskOrder"}}}})";
    }
    return {};
}

std::string answers(const Route& route) {
    using web::RouteId;
    const bool accepts = route.id == RouteId::post_task;
    const bool of_task = route.pattern.find("{task}") != std::string_view::npos;
    const bool image = route.body == web::BodyKind::image;
    std::string out = accepts ? R"("202":{"description":"accepted: the cluster has it"})"
                              : R"("200":{"description":"done"})";
    const auto add = [&](int code, std::string_view what) {
        out += ",\"" + std::to_string(code) + R"(":{"description":)" + json_text(what) +
               R"(,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Failure"}}}})";
    };
    add(400, "not a path of this API, or the body says nothing that this path takes");
    if (!route.open) add(401, "no token");
    if (route.leader_only)
        add(403, "not the leader, and it is named; or another page's request");
    else
        add(403, of_task ? "not the token of this task" : "another page's request");
    if (route.pattern.find('{') != std::string_view::npos) add(404, "nothing of that name");
    if (route.id == RouteId::task_result) add(409, "not done yet");
    add(413, "the body is too large");
    if (image || accepts) add(415, "not an image that is taken here");
    if (image) add(422, "the image is too large");
    if (accepts) add(422, "the image is too large, or too small for what it shall hide");
    if (route.id == RouteId::task_result) add(422, "the task failed, and why");
    add(429, "too many requests from this address");
    if (route.leader_only || accepts || of_task || route.id == RouteId::readyz || route.id == RouteId::events)
        add(503, "not now: no leader, too much to do, or the store does not answer");
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
    out +=
        R"("TaskOrder":{"type":"object","required":["user","image"],"additionalProperties":false,"properties":{)";
    out += R"("user":{"type":"string","pattern":"^[A-Za-z0-9._-]{1,64}$"},)";
    out += R"("command":{"type":"string","enum":["encrypt","hide"],"default":"encrypt"},)";
    out += R"("image":{"type":"string","format":"binary"},"passphrase":{"type":"string","maxLength":1024},)";
    out +=
        R"("key":{"type":"string","pattern":"^[0-9A-Fa-f]{64}$"},"text":{"type":"string","maxLength":65536},)";
    out +=
        R"("file":{"type":"string","format":"binary"},"method":{"type":"string","enum":["adaptive","lsb"]}}},)";
    out += R"("Failure":{"type":"object","required":["success","message"],"properties":{)";
    out += R"("success":{"type":"boolean","enum":[false]},"message":{"type":"string"}}}}}})";
    return out;
}

} // namespace cp::http
