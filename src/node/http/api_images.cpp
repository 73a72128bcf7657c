// Api: the images of users, with the words of the HTTP design (docs/predecessors.md).
#include "files/entropy.hpp"
#include "files/wall_clock.hpp"
#include "http/answers.hpp"
#include "http/on_worker.hpp"
#include "http/store_log.hpp"
#include "imaging/image_probe.hpp"
#include "web/bodies.hpp"
#include "web/multipart.hpp"
#include "web/names.hpp"

#include <array>

namespace cp::http {
namespace {

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

Response stored(const std::string& user, const std::string& file, std::size_t bytes) {
    log_stored("users/" + user + "/images/" + file, bytes);
    return success("Image uploaded successfully", R"(,"filename":)" + web::json_text(file));
}

Response not_stored(const std::string& key, const Failure& why) {
    log_not_stored(log::Level::error, key, why);
    return store_failed(why);
}

Response store_image(users::Directory& directory, const std::string& user, ByteView bytes,
                     std::string_view extension) {
    constexpr int tries = 4; // names of the same second differ in 32 random bits
    Outcome<void> put{Failure{}};
    std::string file;
    for (int i = 0; i < tries; ++i) {
        std::array<std::byte, 4> random{};
        fill_random(random);
        file = web::image_name(unix_seconds(), ByteReader{random}.u32(), extension);
        put = directory.add_image(user, file, bytes);
        if (put) return stored(user, file, bytes.size());
        if (put.error().code != errc::exists) break;
    }
    return not_stored("users/" + user + "/images/" + file, put.error());
}

std::string tag_of(ByteView bytes) {
    const Digest digest = sha256(bytes);
    return '"' + to_hex(ByteView{digest}.first(16)) + '"';
}

} // namespace

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
        if (!put) return not_stored("users/" + user + "/images/" + file, put.error());
        return stored(user, file, body.size());
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
    co_return co_await on_worker_in_turn(images_read_, std::move(work));
}

} // namespace cp::http
