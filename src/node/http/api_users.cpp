// Api: users and who of them is online, with the words of the HTTP design (docs/predecessors.md).
#include "files/entropy.hpp"
#include "files/wall_clock.hpp"
#include "http/answers.hpp"
#include "http/awaited.hpp"
#include "http/counted.hpp"
#include "http/on_worker.hpp"
#include "net/clock.hpp"
#include "web/base64.hpp"
#include "web/bodies.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>

namespace cp::http {
namespace {

constexpr std::size_t big_answer_max = std::size_t{64}
                                       << 20U;        // of /discover_with_images; the rest is left out
constexpr std::chrono::milliseconds told_within{200}; // a busy node: then without
constexpr int big_answers_max = 2;                    // at a time

std::array<std::byte, 16> random_bytes() {
    std::array<std::byte, 16> out{};
    fill_random(out);
    return out;
}

std::vector<web::Gallery> read_galleries(users::Directory& directory, const std::vector<web::Online>& online,
                                         std::size_t limit) {
    std::vector<web::Gallery> galleries;
    std::size_t bytes = 0;
    for (const web::Online& user : online) {
        web::Gallery& gallery = galleries.emplace_back(web::Gallery{user, {}});
        const auto names = directory.images(user.user);
        if (!names) continue;
        for (const std::string& name : *names | std::views::reverse | std::views::take(limit)) {
            if (bytes > big_answer_max) break;
            const auto image = directory.image(user.user, name);
            if (!image) continue; // deleted meanwhile
            gallery.images.emplace_back(name, web::base64(image->view()));
            bytes += gallery.images.back().second.size();
        }
    }
    return galleries;
}

} // namespace

Response Api::health(const Request& request) const {
    if (request.accept.find("text/html") != std::string_view::npos) return asset("index.html");
    const ClusterView& view = *view_;
    const std::string& leader = view.leader == view.self ? options_.self_api : view.leader_api;
    std::string body = R"({"status":"ok","is_leader":)";
    body += view.leads ? "true" : "false";
    body += R"(,"online_clients_count":)" + std::to_string(presence_.count(net::now()));
    body += R"(,"current_leader":)" + (view.leader && !leader.empty() ? web::json_text(leader) : "null");
    body += R"(,"leader_id":)" + (view.leader ? to_text(view.leader) : "null");
    body += R"(,"epoch":)" + (view.epoch.empty() ? "null" : web::json_text(view.epoch)) + '}';
    return json(std::move(body));
}

asio::awaitable<Response> Api::register_user(Request& request) {
    const auto user = web::read_user_at(request.body);
    if (!user) co_return refusal(400, user.error().line);
    web::Profile fresh{users::uuid_text(random_bytes()), user->username, user->addr,
                       users::utc_text(unix_seconds())};
    auto work = [this, fresh, epoch = view_->epoch_counter] {
        return directory_.register_user(fresh, epoch);
    };
    const auto kept = co_await on_worker(std::move(work));
    if (!kept) co_return store_failed(kept.error());
    co_return success("User '" + kept->username + "' registered successfully at " + user->addr,
                      R"(,"user_id":)" + web::json_text(kept->id));
}

// Answered when the other nodes know: who was told that he is online stays so when this node dies right now.
asio::awaitable<Response> Api::heartbeat(const Request& request) {
    const auto user = web::read_user_at(request.body);
    if (!user) co_return refusal(400, user.error().line);
    if (!presence_.heartbeat(net::now(), user->username, user->addr)) {
        Response response = refusal(503, "too many users are online");
        response.headers.emplace_back("Retry-After", "30");
        co_return response;
    }
    const auto others = std::make_shared<Awaited<bool>>(io_, told_within);
    heard_({user->username, user->addr, Duration::zero()}, told(io_, others));
    co_await arrived(*others);
    co_return success("Heartbeat accepted for '" + user->username + "' at " + user->addr);
}

asio::awaitable<Response> Api::users() {
    auto work = [this] { return directory_.users(); };
    const auto all = co_await on_worker(std::move(work));
    co_return all ? json(web::users_json(*all)) : store_failed(all.error());
}

Response Api::discover() const {
    return json(web::discover_json(presence_.online(net::now()), view_->leads));
}

asio::awaitable<Response> Api::discover_with_images(const Request& request) {
    std::size_t limit = options_.http.images_per_user;
    if (const std::string* given = request.path.parameter("limit")) {
        std::size_t wanted = 0;
        const auto [end, failed] = std::from_chars(given->data(), given->data() + given->size(), wanted);
        if (failed != std::errc{} || end != given->data() + given->size())
            co_return refusal(400, "limit: a number of images");
        limit = std::min(limit, wanted);
    }
    if (big_answers_ == big_answers_max) {
        co_return try_again("too many such requests at once");
    }
    const Counted one_more{big_answers_};
    auto work = [this, limit, online = presence_.online(net::now())] {
        return web::galleries_json(read_galleries(directory_, online, limit));
    };
    auto body = co_await on_worker(std::move(work));
    co_return json(std::move(body));
}

} // namespace cp::http
