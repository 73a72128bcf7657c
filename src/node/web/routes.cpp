#include "web/routes.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace cp::web {
namespace {

// One route a line or two.
// clang-format off
constexpr bool leader = true, any_node = false, open = true, login = false;
constexpr std::array table{
    Route{RouteId::health, Method::get, "/", any_node, open, BodyKind::none,
          "Whether this node leads, who does, and how many users are online. Browsers get the dashboard."},
    Route{RouteId::register_user, Method::post, "/register", leader, login, BodyKind::json,
          "Registers a user for good, or changes the address of a registered one."},
    Route{RouteId::heartbeat, Method::post, "/heartbeat", leader, login, BodyKind::json,
          "Counts a user as online for a while (http.presence_timeout_s, by default 30 s)."},
    Route{RouteId::users, Method::get, "/users", leader, login, BodyKind::none, "All registered users."},
    Route{RouteId::discover, Method::get, "/discover", leader, login, BodyKind::none,
          "The users that are online."},
    Route{RouteId::discover_with_images, Method::get, "/discover_with_images", leader, login, BodyKind::none,
          "The users that are online with their newest images in base64; ?limit=N images each."},
    Route{RouteId::upload_image, Method::post, "/upload_image/{user}", leader, login, BodyKind::image,
          "Stores an image of a registered user; multipart field image."},
    Route{RouteId::images, Method::get, "/images/{user}", leader, login, BodyKind::none,
          "The names of a user's images, oldest first."},
    Route{RouteId::image, Method::get, "/image/{user}/{file}", leader, login, BodyKind::none,
          "The bytes of one image."},
    Route{RouteId::put_image, Method::put, "/api/v1/images/{user}/{file}", leader, login, BodyKind::image,
          "Stores an image of a registered user under a name of one's own; the raw bytes."},
    Route{RouteId::post_task, Method::post, "/api/v1/tasks", any_node, login, BodyKind::upload,
          "Has the cluster encrypt a picture, or hide something in it; the answer names the task and its "
          "token."},
    Route{RouteId::tasks, Method::get, "/api/v1/tasks", any_node, login, BodyKind::none,
          "The tasks that the cluster works on."},
    Route{RouteId::task, Method::get, "/api/v1/tasks/{task}", any_node, login, BodyKind::none,
          "How far a task is, for who has its token."},
    Route{RouteId::task_result, Method::get, "/api/v1/tasks/{task}/result", any_node, login, BodyKind::none,
          "The file that a task made, for who has its token."},
    Route{RouteId::members, Method::get, "/api/v1/members", any_node, login, BodyKind::none,
          "The nodes as this one sees them: role, state, load, address."},
    Route{RouteId::events, Method::get, "/api/v1/events", any_node, login, BodyKind::none,
          "What happens, as server-sent events; Last-Event-ID goes on where a stream ended."},
    Route{RouteId::doctor, Method::get, "/api/v1/doctor", any_node, login, BodyKind::none,
          "What is wrong with this node and what to do."},
    Route{RouteId::session, Method::post, "/api/v1/session", any_node, login, BodyKind::none,
          "Turns the bearer token into a cookie, for pages."},
    Route{RouteId::openapi, Method::get, "/api/v1/openapi.json", any_node, open, BodyKind::none,
          "This document."},
    Route{RouteId::healthz, Method::get, "/healthz", any_node, open, BodyKind::none,
          "200 while the program runs."},
    Route{RouteId::readyz, Method::get, "/readyz", any_node, open, BodyKind::none,
          "200 while a leader is known, else 503."},
    Route{RouteId::metrics, Method::get, "/metrics", any_node, login, BodyKind::none,
          "Numbers for Prometheus."},
    Route{RouteId::dashboard, Method::get, "/ui", any_node, open, BodyKind::none, "The dashboard."},
    Route{RouteId::asset, Method::get, "/ui/{file}", any_node, open, BodyKind::none,
          "Files of the dashboard."},
};
// clang-format on

bool is_variable(std::string_view segment) { return segment.starts_with('{'); }

// The values when the pattern fits.
std::optional<std::vector<std::string_view>> fit(std::string_view pattern, const Target& target) {
    std::vector<std::string_view> values;
    std::size_t index = 0;
    pattern.remove_prefix(1);
    while (!pattern.empty()) {
        const std::size_t slash = pattern.find('/');
        const std::string_view segment = pattern.substr(0, slash);
        pattern = slash == std::string_view::npos ? std::string_view{} : pattern.substr(slash + 1);
        if (index == target.segments.size()) return std::nullopt;
        const std::string& given = target.segments[index++];
        if (is_variable(segment) ? given.empty() : given != segment) return std::nullopt;
        if (is_variable(segment)) values.emplace_back(given);
    }
    if (index != target.segments.size()) return std::nullopt;
    return values;
}

} // namespace

std::span<const Route> routes() { return table; }

std::string_view name(Method method) {
    switch (method) {
    case Method::get: return "GET";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::other: break;
    }
    return "other";
}

Match match(Method method, const Target& target) {
    std::string allow;
    for (const Route& route : table) {
        auto values = fit(route.pattern, target);
        if (!values) continue;
        if (route.method == method) return Found{&route, std::move(*values)};
        allow += (allow.empty() ? "" : ", ") + std::string{name(route.method)};
        if (route.method == Method::get) allow += ", HEAD";
    }
    if (allow.empty()) return NoSuchPath{};
    return WrongMethod{std::move(allow)};
}

} // namespace cp::web
