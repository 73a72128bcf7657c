// Api: users, presence and images, with the words of the seeds.
#include "files/entropy.hpp"
#include "http/on_worker.hpp"
#include "imaging/image_probe.hpp"
#include "log/log.hpp"
#include "net/clock.hpp"
#include "web/base64.hpp"
#include "web/bodies.hpp"
#include "web/multipart.hpp"
#include "web/names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>

namespace cp::http {
namespace {

constexpr std::size_t big_answer_max = std::size_t{64}
                                       << 20U; // of /discover_with_images; the rest is left out
constexpr int big_answers_max = 2;             // at a time

std::uint64_t unix_seconds() {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
            .count());
}

template <std::size_t N>
std::array<std::byte, N> random_bytes() {
    std::array<std::byte, N> out{};
    fill_random(out);
    return out;
}

Response json(std::string body) {
    Response response;
    response.body = std::move(body);
    return response;
}

Response success(std::string_view message, std::string_view more = {}) {
    return json(R"({"success":true,"message":)" + web::json_text(message) + std::string{more} + '}');
}

// What the store said, for who asked; the line names no path of this machine.
Response store_failed(const Failure& failure) {
    if (failure.code == errc::disk_full) return refusal(507, "the store is full");
    if (failure.code == errc::bad_config) return refusal(503, failure.line); // says what to change
    if (failure.code == errc::busy) return refusal(503, failure.line);
    return refusal(503, "the store does not answer: " + make_error_code(failure.code).message());
}

Response not_registered(std::string_view user) {
    return refusal(404, "User '" + std::string{user} + "' is not registered");
}

Response invalid(unsigned status, const std::string& why) {
    return refusal(status, "Upload failed: Validation error: " + why);
}

struct Checked {
    std::string_view extension;
    std::optional<Response> refused;
};

// PNG, JPEG or WebP, and no side too long.
Checked check_image(ByteView bytes, std::uint32_t max_side) {
    const auto info = imaging::probe(bytes);
    using imaging::Format;
    if (!info ||
        (info->format != Format::png && info->format != Format::jpeg && info->format != Format::webp))
        return {{}, invalid(415, "Unsupported image format (PNG, JPEG or WebP)")};
    const std::string size = std::to_string(info->width) + 'x' + std::to_string(info->height);
    const std::string most = std::to_string(max_side) + 'x' + std::to_string(max_side);
    if (info->width > max_side || info->height > max_side)
        return {{}, invalid(422, "Image too large: " + size + " (max " + most + ")")};
    return {imaging::extension(info->format), std::nullopt};
}

// The status when it is not this: 404 for who has no place here.
std::optional<Response> check_user(users::Directory& directory, const std::string& user) {
    const auto known = directory.registered(user);
    if (!known) return store_failed(known.error());
    if (!*known) return not_registered(user);
    return std::nullopt;
}

Response store_image(users::Directory& directory, const std::string& user, ByteView bytes,
                     std::string_view extension) {
    constexpr int tries = 4; // names of the same second differ in 32 random bits
    Outcome<void> put{Failure{}};
    for (int i = 0; i < tries; ++i) {
        const std::uint32_t random = ByteReader{random_bytes<4>()}.u32();
        const std::string file = web::image_name(unix_seconds(), random, extension);
        put = directory.add_image(user, file, bytes);
        if (put) {
            log::log_event(log::Level::info, "image_stored", "Stored image of " + user,
                           {{"key", "users/" + user + "/images/" + file}, {"bytes", bytes.size()}});
            return success("Image uploaded successfully", R"(,"filename":)" + web::json_text(file));
        }
        if (put.error().code != errc::exists) break;
    }
    log::log_event(log::Level::error, "store_failed", put.error().line,
                   {{"key", "users/" + user + "/images/"}, {"reason", name(put.error().code)}});
    return store_failed(put.error());
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

std::string tag_of(ByteView bytes) {
    const Digest digest = sha256(bytes);
    return '"' + to_hex(ByteView{digest}.first(16)) + '"';
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
    web::Profile fresh{users::uuid_text(random_bytes<16>()), user->username, user->addr,
                       users::utc_text(unix_seconds())};
    auto work = [this, fresh, epoch = view_->epoch_counter] {
        return directory_.register_user(fresh, epoch);
    };
    const auto kept = co_await on_worker(std::move(work));
    if (!kept) co_return store_failed(kept.error());
    co_return success("User '" + kept->username + "' registered successfully at " + user->addr,
                      R"(,"user_id":)" + web::json_text(kept->id));
}

Response Api::heartbeat(const Request& request) {
    const auto user = web::read_user_at(request.body);
    if (!user) return refusal(400, user.error().line);
    if (!presence_.heartbeat(net::now(), user->username, user->addr)) {
        Response response = refusal(503, "too many users are online");
        response.headers.emplace_back("Retry-After", "30");
        return response;
    }
    heard_({user->username, user->addr, Duration::zero()});
    return success("Heartbeat accepted for '" + user->username + "' at " + user->addr);
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
        Response response = refusal(503, "too many such requests at once");
        response.headers.emplace_back("Retry-After", "1");
        co_return response;
    }
    ++big_answers_;
    auto work = [this, limit, online = presence_.online(net::now())] {
        return web::galleries_json(read_galleries(directory_, online, limit));
    };
    auto body = co_await on_worker(std::move(work));
    --big_answers_;
    co_return json(std::move(body));
}

asio::awaitable<Response> Api::upload_image(Request& request) {
    std::string user{request.values.at(0)};
    if (!web::is_user(user)) co_return refusal(400, "username: 1 to 64 letters, digits, '.', '_' or '-'");
    const std::string type{request.content_type};
    const std::uint32_t max_side = options_.http.max_image_side;
    auto work = [this, user = std::move(user), type, body = std::move(request.body), max_side] {
        if (auto refused = check_user(directory_, user)) return std::move(*refused);
        const auto image = web::multipart_field(type, body, "image");
        if (!image) return refusal(400, "Upload failed: " + image.error().line);
        auto checked = check_image(as_bytes(*image), max_side);
        if (checked.refused) return std::move(*checked.refused);
        return store_image(directory_, user, as_bytes(*image), checked.extension);
    };
    co_return co_await on_worker(std::move(work));
}

asio::awaitable<Response> Api::put_image(Request& request) {
    std::string user{request.values.at(0)};
    std::string file{request.values.at(1)};
    if (!web::is_user(user)) co_return refusal(400, "username: 1 to 64 letters, digits, '.', '_' or '-'");
    if (!web::is_image_name(file))
        co_return refusal(400, "image name: 1 to 128 letters, digits, '.', '_' or '-'");
    const std::uint32_t max_side = options_.http.max_image_side;
    auto work = [this, user, file, body = std::move(request.body), max_side] {
        if (auto refused = check_user(directory_, user)) return std::move(*refused);
        auto checked = check_image(as_bytes(body), max_side);
        if (checked.refused) return std::move(*checked.refused);
        if (const std::string ending = "." + std::string{checked.extension};
            !file.ends_with(ending) && !(ending == ".jpg" && file.ends_with(".jpeg")))
            return invalid(415, "the name of this image must end with " + ending);
        const auto put = directory_.put_image(user, file, as_bytes(body));
        if (!put) return store_failed(put.error());
        return success("Image uploaded successfully", R"(,"filename":)" + web::json_text(file));
    };
    co_return co_await on_worker(std::move(work));
}

asio::awaitable<Response> Api::images(const Request& request) {
    const std::string user{request.values.at(0)};
    if (!web::is_user(user)) co_return not_registered(user);
    auto work = [this, user] {
        if (auto refused = check_user(directory_, user)) return std::move(*refused);
        const auto names = directory_.images(user);
        return names ? json(web::images_json(*names)) : store_failed(names.error());
    };
    co_return co_await on_worker(std::move(work));
}

asio::awaitable<Response> Api::image(const Request& request) {
    const std::string user{request.values.at(0)};
    const std::string file{request.values.at(1)};
    if (!web::is_user(user) || !web::is_image_name(file)) co_return refusal(404, "no such image");
    const std::string known{request.if_none_match};
    auto work = [this, user, file, known] {
        const auto bytes = directory_.image(user, file);
        if (!bytes && bytes.error().code == errc::not_found) return refusal(404, "no such image");
        if (!bytes) return store_failed(bytes.error());
        Response response;
        response.type = web::content_type_of(file);
        const std::string tag = tag_of(bytes->view());
        response.headers = {{"ETag", tag}, {"Cache-Control", "private, no-cache"}};
        if (known == tag || known == "*")
            response.status = 304;
        else
            response.bytes = *bytes;
        return response;
    };
    co_return co_await on_worker(std::move(work));
}

} // namespace cp::http
