// JSON bodies of the HTTP API, in and out. Reading is total and bounded; strings are checked where they
// enter, so that nothing behind this needs to. Pure.
#pragma once

#include "base/result.hpp"
#include "web/presence.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cp::web {

inline constexpr std::size_t json_body_max = 16 * 1024;

struct UserAt {
    std::string username;
    std::string addr;
};
// {"username": …, "addr": …}; other members are ignored. bad_field with one line for the sender.
[[nodiscard]] Outcome<UserAt> read_user_at(std::string_view body);

struct Profile {
    std::string id; // a UUID, for good
    std::string username;
    std::string addr;
    std::string registered_at; // "2026-01-31T12:00:00Z"
};
[[nodiscard]] Outcome<Profile> read_profile(std::string_view json); // errc::damaged
[[nodiscard]] std::string to_json(const Profile&);

struct Gallery {
    Online user;
    std::vector<std::pair<std::string, std::string>> images; // name, base64
};

[[nodiscard]] std::string failure_json(std::string_view message);
[[nodiscard]] std::string users_json(const std::vector<Profile>&);
[[nodiscard]] std::string discover_json(const std::vector<Online>&, bool is_leader);
[[nodiscard]] std::string galleries_json(const std::vector<Gallery>&);
[[nodiscard]] std::string images_json(const std::vector<std::string>& names);

// A JSON string with its quotes.
void append_json(std::string& out, std::string_view text);
[[nodiscard]] std::string json_text(std::string_view);

} // namespace cp::web
