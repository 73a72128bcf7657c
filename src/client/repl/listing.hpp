// What the commands about users and images answer: lines for people and one object for programs. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cp::client {

struct Listing {
    std::string text; // lines, each ended
    std::string json; // one object
};

struct UserLine {
    std::string username;
    std::string addr;
    std::string id{};
    std::string registered_at{};
};

[[nodiscard]] Listing registered_listing(std::string_view user, std::string_view addr, std::string_view id);
[[nodiscard]] Listing online_listing(const std::vector<UserLine>&);
[[nodiscard]] Listing users_listing(const std::vector<UserLine>&);
[[nodiscard]] Listing gallery_listing(std::string_view user, const std::vector<std::string>& images);
[[nodiscard]] Listing saved_listing(std::string_view file, std::uint64_t bytes);
[[nodiscard]] Listing stored_listing(std::string_view path, std::string_view name, std::uint64_t bytes);

} // namespace cp::client
