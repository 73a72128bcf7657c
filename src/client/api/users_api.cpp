#include "api_client/users_api.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <optional>

namespace cp::client {
namespace {

namespace json = boost::json;

// Null when it is no JSON.
json::value parsed(std::string_view text) {
    boost::system::error_code failed;
    json::value value = json::parse(text, failed);
    return failed ? json::value{} : value;
}

std::string text_of(const json::value& value, std::string_view name) {
    const auto* object = value.if_object();
    const auto* member = object != nullptr ? object->if_contains(name) : nullptr;
    return member != nullptr && member->is_string() ? std::string{member->get_string()} : std::string{};
}

const json::array* array_of(const json::value& value, std::string_view name) {
    const auto* object = value.if_object();
    const auto* member = object != nullptr ? object->if_contains(name) : nullptr;
    return member != nullptr ? member->if_array() : nullptr;
}

Failure strange_answer() {
    return {errc::internal, "the API answered something else than this version expects"};
}

errc code_of(unsigned status) {
    switch (status) {
    case 400:
    case 422: return errc::not_an_image;
    case 401:
    case 403: return errc::permissions;
    case 404: return errc::not_found;
    case 413: return errc::too_large;
    case 415: return errc::not_an_image;
    case 507: return errc::disk_full;
    default: return errc::busy;
    }
}

Failure refused(const HttpAnswer& answer) {
    std::string line = text_of(parsed(answer.body), "message");
    if (line.empty()) line = "the API answered " + std::to_string(answer.status);
    if (answer.status == 401) line += " (on that machine; give it to this client as CLOUDP2P_TOKEN)";
    return {code_of(answer.status), std::move(line)};
}

// It does not lead, and says who does.
bool is_follower(const HttpAnswer& answer) {
    if (answer.status != 403 && answer.status != 307) return false;
    const json::value body = parsed(answer.body);
    return body.is_object() && body.get_object().contains("leader_id");
}

std::string user_body(std::string_view user, std::string_view addr) {
    return json::serialize(json::object{{"username", user}, {"addr", addr}});
}

Outcome<std::vector<RemoteUser>> read_users(const Outcome<std::string>& body, std::string_view name) {
    if (!body) return body.error();
    const json::value value = parsed(*body);
    const json::array* entries = array_of(value, name);
    if (entries == nullptr) return strange_answer();
    std::vector<RemoteUser> out;
    for (const auto& entry : *entries)
        out.push_back({text_of(entry, "username"), text_of(entry, "addr"), text_of(entry, "id"),
                       text_of(entry, "registered_at")});
    return out;
}

} // namespace

// From node to node until one leads; what is asked again has no effect twice. A follower's word is followed
// once without a wait, because who it names may be gone, or the follower itself.
Outcome<std::string> UsersApi::ask(HttpCall call, bool repeatable) {
    call.token = place_.token;
    call.ca = place_.ca;
    Failure last{errc::no_leader, "no node has an HTTP API that can be reached (start nodes with --http)"};
    bool leader_asked = false; // or tried; if not, what a follower says is all that is known
    std::string named;         // by a follower
    for (bool followed = false;;) {
        std::vector<std::string> addresses = place_.addresses();
        if (!named.empty()) addresses.insert(addresses.begin(), std::exchange(named, {}));
        for (const std::string& address : addresses) {
            call.to = address;
            bool sent = false;
            auto answer = exchange(call, place_.timeout, place_.go_on, &sent);
            if (answer && answer->status == 200) return std::move(answer->body);
            if (answer && is_follower(*answer)) {
                if (!leader_asked) last = {errc::no_leader, refused(*answer).line};
                named = text_of(parsed(answer->body), "current_leader");
                if (named.empty()) continue;
                if (address.starts_with("https://")) named.insert(0, "https://"); // as all nodes, then
                break;
            }
            const bool unknown = !answer && sent && !repeatable; // it may have been done
            // What our own time cut short tells less of the node than what was heard before.
            if (answer || unknown || !leader_asked || place_.go_on())
                last = answer ? refused(*answer) : answer.error();
            leader_asked = true;
            if (unknown || (!answer && last.code == errc::bad_config)) return last;
            if (answer && answer->status != 503) return last;
            if (!place_.go_on()) return last;
        }
        followed = !named.empty() && !followed;
        if (!followed && !place_.wait()) return last;
    }
}

Outcome<std::string> UsersApi::register_user(std::string_view user, std::string_view addr) {
    const auto body = ask({.to = {},
                           .method = "POST",
                           .target = "/register",
                           .content_type = "application/json",
                           .body = user_body(user, addr)});
    if (!body)
        return body.error().code == errc::not_an_image ? Failure{errc::usage, body.error().line}
                                                       : body.error();
    return text_of(parsed(*body), "user_id");
}

Outcome<void> UsersApi::heartbeat(std::string_view user, std::string_view addr) {
    const auto body = ask({.to = {},
                           .method = "POST",
                           .target = "/heartbeat",
                           .content_type = "application/json",
                           .body = user_body(user, addr)});
    if (!body) return body.error();
    return {};
}

Outcome<std::vector<RemoteUser>> UsersApi::online() {
    return read_users(ask({.to = {}, .target = "/discover"}), "online_clients");
}

Outcome<std::vector<RemoteUser>> UsersApi::users() {
    return read_users(ask({.to = {}, .target = "/users"}), "users");
}

Outcome<std::vector<std::string>> UsersApi::images(std::string_view user) {
    const auto body = ask({.to = {}, .target = "/images/" + std::string{user}});
    if (!body) return body.error();
    const json::value value = parsed(*body);
    const json::array* names = array_of(value, "images");
    if (names == nullptr) return strange_answer();
    std::vector<std::string> out;
    for (const auto& name : *names)
        if (name.is_string()) out.emplace_back(name.get_string());
    return out;
}

Outcome<std::string> UsersApi::image(std::string_view user, std::string_view name) {
    return ask({.to = {}, .target = "/image/" + std::string{user} + '/' + std::string{name}});
}

Outcome<std::string> UsersApi::upload(std::string_view user, ByteView image) {
    // No picture holds this: its format would have to be text.
    static constexpr std::string_view boundary = "cloudp2p-7d1f0c6b5a3e48299b";
    std::string body = "--" + std::string{boundary} +
                       "\r\nContent-Disposition: form-data; name=\"image\"; filename=\"image\"\r\n"
                       "Content-Type: application/octet-stream\r\n\r\n";
    body += as_text(image);
    body += "\r\n--" + std::string{boundary} + "--\r\n";
    const auto answer = ask({.to = {},
                             .method = "POST",
                             .target = "/upload_image/" + std::string{user},
                             .content_type = "multipart/form-data; boundary=" + std::string{boundary},
                             .body = std::move(body)},
                            false);
    if (!answer) return answer.error();
    return text_of(parsed(*answer), "filename");
}

} // namespace cp::client
