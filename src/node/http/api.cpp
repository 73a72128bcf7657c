#include "http/api.hpp"

#include "base/overloaded.hpp"
#include "http/answers.hpp"
#include "http/openapi.hpp"
#include "net/clock.hpp"
#include "web/bodies.hpp"
#include "web/names.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace cp::http {
namespace {

using namespace std::chrono_literals;

// Of one address that is not this machine: pages load a gallery at once, programs poll.
constexpr double requests_per_second = 100;
constexpr double requests_burst = 400;
constexpr std::size_t photo = std::size_t{4} << 20U; // bytes
constexpr auto wait_for_leader = 1s;                 // an election takes milliseconds

Response refused(web::Verdict verdict) {
    switch (verdict) {
    case web::Verdict::bad_host: return refusal(403, "this Host is not one of ours");
    case web::Verdict::bad_origin: return refusal(403, "requests of other pages are refused");
    case web::Verdict::no_token: {
        Response response = refusal(401, "a bearer token is needed: `node token` shows it");
        response.headers.emplace_back("WWW-Authenticate", "Bearer");
        return response;
    }
    case web::Verdict::allowed: break;
    }
    return refusal(500, "internal error");
}

} // namespace

Api::Api(ApiOptions options, store::ObjectStore& store, TaskDesk& desk, asio::io_context& io,
         asio::thread_pool& workers, Heard heard)
    : options_{std::move(options)}, store_{store, metrics_}, directory_{store_,
                                                                        {.one_leader = options_.one_leader,
                                                                         .claims = {}}},
      desk_{desk}, io_{io}, workers_{workers}, heard_{std::move(heard)}, access_{options_.access},
      rate_{requests_per_second, requests_burst}, presence_{options_.http.presence_timeout},
      ring_{options_.first_event}, view_{std::make_shared<const ClusterView>()}, changed_{io} {}

void Api::view(std::shared_ptr<const ClusterView> view) {
    view_ = std::move(view);
    metrics_.view(*view_);
    changed_.cancel();
}

void Api::presence(const std::vector<wire::PresenceEntry>& entries) {
    const TimePoint now = net::now();
    for (const auto& entry : entries)
        if (web::is_user(entry.user) && web::is_address(entry.address))
            presence_.merge(now, {entry.user, entry.address, std::chrono::milliseconds{entry.age_ms}});
}

asio::awaitable<void> Api::changed(TimePoint latest) {
    // A timer of one's own would not hear the cancellation; all waiters share this one, and the longest wait
    // is short.
    const TimePoint now = net::now();
    if (changed_at_ > latest || changed_at_ <= now) {
        changed_at_ = latest;
        changed_.expires_after(std::max(Duration::zero(), latest - now));
    }
    co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
}

std::optional<Response> Api::admit(Request& request) {
    auto target = web::parse_target(request.target);
    if (!target && target.error() == errc::too_large) return refusal(414, "the address is too long");
    if (!target) return refusal(400, "not a path of this API");
    request.path = std::move(*target);

    auto match = web::match(request.method, request.path);
    const auto* found = std::get_if<web::Found>(&match);
    const bool open = found != nullptr && found->route->open;
    const auto verdict = access_.judge(
        {request.peer.address, request.host, request.origin, request.authorization, request.cookie}, open,
        view_->apis);
    if (verdict != web::Verdict::allowed) return refused(verdict);
    if (!web::is_loopback(request.peer.address) && !rate_.pass(net::now(), request.peer.address)) {
        Response response = refusal(429, "too many requests: slow down");
        response.headers.emplace_back("Retry-After", "1");
        return response;
    }
    if (const auto* wrong = std::get_if<web::WrongMethod>(&match)) {
        Response response = refusal(405, "allowed here: " + wrong->allow);
        response.headers.emplace_back("Allow", wrong->allow);
        return response;
    }
    if (found == nullptr) return refusal(404, "no such path; GET /api/v1/openapi.json lists them");
    request.route = found->route;
    request.values = std::move(found->values);
    return std::nullopt;
}

Response Api::not_leader() const {
    const ClusterView& view = *view_;
    if (!view.leader || view.leader == view.self) { // leading without its quorum counts as none
        return try_again("No leader at the moment: try again");
    }
    const bool known = !view.leader_api.empty();
    const std::string where =
        known ? view.leader_api : "node " + to_text(view.leader) + " (no API address known)";
    Response response;
    response.status = 403;
    response.body = R"({"success":false,"message":)" +
                    web::json_text("This node is not the leader. Current leader: " + where) +
                    R"(,"current_leader":)" + (known ? web::json_text(view.leader_api) : "null") +
                    R"(,"leader_id":)" + to_text(view.leader) + '}';
    return response;
}

asio::awaitable<std::optional<Response>> Api::leader_check(const Request& request, std::string& forward_to) {
    if (!request.route->leader_only || view_->leads) co_return std::nullopt;
    const std::string* wish = request.path.parameter("follower");
    const auto policy = wish != nullptr && *wish == "proxy" ? HttpFollower::proxy : options_.http.follower;
    if (policy == HttpFollower::reject || !request.forwarded.empty()) co_return not_leader();
    const auto somebody = [this] {
        return view_->leads || (view_->leader && view_->leader != view_->self && !view_->leader_api.empty());
    };
    for (const TimePoint end = net::now() + wait_for_leader; !somebody() && net::now() < end;)
        co_await changed(end);
    if (view_->leads) co_return std::nullopt;
    if (!somebody()) co_return not_leader();
    if (policy == HttpFollower::proxy) {
        forward_to = view_->leader_url();
        co_return std::nullopt;
    }
    Response response = not_leader();
    response.status = 307;
    response.headers.emplace_back("Location", (view_->leader_https ? "https://" : "http://") +
                                                  view_->leader_api + std::string{request.target});
    co_return response;
}

std::size_t Api::body_limit(const web::Route& route) const {
    // Twice what a picture of that side takes without compression, 16 bits a channel; and as much as a photo
    // has, so that who sends one hears that it is too large, not that its bytes are too many.
    const std::size_t side = options_.http.max_image_side;
    switch (route.body) {
    case web::BodyKind::none: return 1024; // ignored, but some programs send "{}"
    case web::BodyKind::json: return web::json_body_max;
    case web::BodyKind::upload: return options_.task_body_max;
    case web::BodyKind::image: return std::max(photo, side * side * 16 + (std::size_t{64} << 10U));
    }
    return 0;
}

asio::awaitable<Response> Api::answer(Request& request) {
    using web::RouteId;
    switch (request.route->id) {
    case RouteId::health: co_return health(request);
    case RouteId::register_user: co_return co_await register_user(request);
    case RouteId::heartbeat: co_return co_await heartbeat(request);
    case RouteId::users: co_return co_await users();
    case RouteId::discover: co_return discover();
    case RouteId::discover_with_images: co_return co_await discover_with_images(request);
    case RouteId::upload_image: co_return co_await upload_image(request);
    case RouteId::put_image: co_return co_await put_image(request);
    case RouteId::images: co_return co_await images(request);
    case RouteId::image: co_return co_await image(request);
    case RouteId::post_task: co_return co_await post_task(request);
    case RouteId::tasks: co_return tasks();
    case RouteId::task: co_return co_await task(request);
    case RouteId::task_result: co_return co_await task_result(request);
    case RouteId::members: {
        Response response;
        response.body = state_json();
        co_return response;
    }
    case RouteId::events: {
        Response response;
        response.type = "text/event-stream";
        response.events = true;
        co_return response;
    }
    case RouteId::doctor: co_return co_await doctor();
    case RouteId::session: co_return session();
    case RouteId::openapi: {
        Response response;
        response.body = openapi_json(options_.version);
        co_return response;
    }
    case RouteId::healthz: {
        Response response;
        response.body = R"({"status":"ok"})";
        co_return response;
    }
    case RouteId::readyz: co_return ready(request);
    case RouteId::metrics: co_return metrics_text();
    case RouteId::dashboard: co_return asset("index.html");
    case RouteId::asset: co_return asset(request.values.at(0));
    }
    co_return refusal(404, "no such path");
}

} // namespace cp::http
