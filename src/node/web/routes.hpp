// Every path of the HTTP API, one line each: what it is called, who may, how large its body may be. The one
// table for dispatch, refusals, metrics labels and the OpenAPI document. Pure.
#pragma once

#include "web/target.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cp::web {

enum class Method : std::uint8_t { get, post, put, other };

enum class RouteId : std::uint8_t {
    health,
    register_user,
    heartbeat,
    users,
    discover,
    discover_with_images,
    upload_image,
    images,
    image,
    put_image,
    post_task,
    tasks,
    task,
    task_result,
    members,
    events,
    doctor,
    session,
    openapi,
    healthz,
    readyz,
    metrics,
    dashboard,
    asset,
};

enum class BodyKind : std::uint8_t { none, json, image, upload };

struct Route {
    RouteId id{};
    Method method = Method::get;
    std::string_view pattern; // "/image/{user}/{file}"; a segment in braces takes any value
    bool leader_only = false;
    bool open = false; // no login even from other machines: probes, and the page that asks for the token
    BodyKind body = BodyKind::none;
    std::string_view summary; // one sentence for people
};

[[nodiscard]] std::span<const Route> routes();
[[nodiscard]] std::string_view name(Method);

struct Found {
    const Route* route = nullptr;
    std::vector<std::string_view> values; // of the segments in braces, in order; views into the target
};
struct NoSuchPath {};
struct WrongMethod {
    std::string allow; // "GET, HEAD, POST"
};
using Match = std::variant<Found, NoSuchPath, WrongMethod>;

// HEAD is given as GET.
[[nodiscard]] Match match(Method, const Target&);

} // namespace cp::web
