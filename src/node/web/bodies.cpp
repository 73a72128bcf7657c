#include "web/bodies.hpp"

#include "base/utf8.hpp"
#include "web/names.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace cp::web {
namespace {

namespace json = boost::json;

// Objects of objects cost stack; ours are flat.
constexpr std::size_t depth_max = 8;

// Empty when it is no object. Never throws: memory is bounded by the size of the text.
json::value parsed(std::string_view text) {
    if (text.size() > json_body_max) return nullptr;
    json::parse_options options;
    options.max_depth = depth_max;
    boost::system::error_code failed;
    json::value value = json::parse(text, failed, {}, options);
    return failed ? json::value{} : value;
}

std::string text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

Failure bad(std::string line) { return {errc::bad_field, std::move(line)}; }

template <class Items, class Append>
void append_array(std::string& out, const Items& items, Append append) {
    out += '[';
    for (const auto& item : items) {
        if (out.back() != '[') out += ',';
        append(item);
    }
    out += ']';
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
    if (out.back() != '{') out += ',';
    append_json(out, name);
    out += ':';
    append_json(out, text);
}

void append_online(std::string& out, const Online& online) {
    out += '{';
    append_member(out, "username", online.user);
    append_member(out, "addr", online.address);
}

void append_count(std::string& out, std::size_t count) { out += ",\"count\":" + std::to_string(count); }

} // namespace

void append_json(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    while (!text.empty()) {
        const Utf8Char c = first_utf8(text);
        if (c.code == not_utf8) {
            out += "\\ufffd";
        } else if (c.code == '"' || c.code == '\\') {
            out += '\\';
            out += text.front();
        } else if (c.code < 0x20 || c.code == 0x7f) {
            out += "\\u00";
            out += digits[c.code >> 4U];
            out += digits[c.code & 15U];
        } else {
            out += text.substr(0, c.size);
        }
        text.remove_prefix(c.size);
    }
    out += '"';
}

std::string json_text(std::string_view text) {
    std::string out;
    append_json(out, text);
    return out;
}

Outcome<UserAt> read_user_at(std::string_view body) {
    const json::value value = parsed(body);
    if (!value.is_object()) return bad("the body must be a JSON object with username and addr");
    UserAt user{text_of(value.get_object(), "username"), text_of(value.get_object(), "addr")};
    if (!is_user(user.username)) return bad("username: 1 to 64 letters, digits, '.', '_' or '-'");
    if (!is_address(user.addr)) return bad("addr: HOST:PORT, for example 10.40.6.26:9000");
    return user;
}

Outcome<Profile> read_profile(std::string_view text) {
    const json::value value = parsed(text);
    if (!value.is_object()) return Failure{errc::damaged, "a profile in the store is not readable"};
    const json::object& object = value.get_object();
    Profile profile{text_of(object, "id"), text_of(object, "username"), text_of(object, "addr"),
                    text_of(object, "registered_at")};
    if (!is_user(profile.username) || profile.id.empty())
        return Failure{errc::damaged, "a profile in the store is not readable"};
    return profile;
}

std::string to_json(const Profile& profile) {
    std::string out = "{";
    append_member(out, "id", profile.id);
    append_member(out, "username", profile.username);
    append_member(out, "addr", profile.addr);
    append_member(out, "registered_at", profile.registered_at);
    return out += '}';
}

std::string failure_json(std::string_view message) {
    return R"({"success":false,"message":)" + json_text(message) + '}';
}

std::string users_json(const std::vector<Profile>& users) {
    std::string out = R"({"users":)";
    append_array(out, users, [&](const Profile& profile) { out += to_json(profile); });
    append_count(out, users.size());
    return out += '}';
}

std::string discover_json(const std::vector<Online>& online, bool is_leader) {
    std::string out = R"({"online_clients":)";
    append_array(out, online, [&](const Online& user) {
        append_online(out, user);
        out += '}';
    });
    append_count(out, online.size());
    return out += is_leader ? R"(,"is_leader":true})" : R"(,"is_leader":false})";
}

std::string galleries_json(const std::vector<Gallery>& galleries) {
    std::string out = R"({"online_clients":)";
    append_array(out, galleries, [&](const Gallery& gallery) {
        append_online(out, gallery.user);
        out += R"(,"images":)";
        append_array(out, gallery.images, [&](const auto& image) {
            out += '{';
            append_member(out, "filename", image.first);
            append_member(out, "data", image.second);
            out += '}';
        });
        out += '}';
    });
    append_count(out, galleries.size());
    return out += R"(,"is_leader":true})";
}

std::string images_json(const std::vector<std::string>& names) {
    std::string out = R"({"images":)";
    append_array(out, names, [&](const std::string& name) { append_json(out, name); });
    append_count(out, names.size());
    return out += '}';
}

} // namespace cp::web
