// The nodes' HTTP API as a client uses it: users, who is online, images. Finds the leader from any node and
// waits, for as long as it may, while there is none. Blocks; one thread at a time.
#pragma once

#include "api_client/exchange.hpp"
#include "base/bytes.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cp::client {

struct RemoteUser {
    std::string username;
    std::string addr;
    std::string id;            // of users() alone, as is the next
    std::string registered_at; // "2026-01-31T12:00:00Z"
};

// Where to ask, and for how long.
struct ApiPlace {
    // The API addresses of the live nodes, the leader's first.
    std::function<std::vector<std::string>()> addresses;
    // Waits a little for better times; false: there are none to come, or not in time.
    std::function<bool()> wait;
    // False: the time is over, or somebody interrupted. Asked at least every 100 ms, also within an exchange.
    std::function<bool()> go_on;
    std::string token{};
    std::filesystem::path ca{};                  // for addresses that begin with https://
    Duration timeout = std::chrono::seconds{10}; // of one exchange
};

// Errors of all calls: no_leader, busy, permissions (no token, or a wrong one), not_found, and what the node
// refused as its own sentence says it (not_an_image, too_large, usage).
class UsersApi {
public:
    explicit UsersApi(ApiPlace place) : place_{std::move(place)} {}

    [[nodiscard]] Outcome<std::string> register_user(std::string_view user,
                                                     std::string_view addr); // the user's id
    [[nodiscard]] Outcome<void> heartbeat(std::string_view user, std::string_view addr);
    [[nodiscard]] Outcome<std::vector<RemoteUser>> online();
    [[nodiscard]] Outcome<std::vector<RemoteUser>> users();
    [[nodiscard]] Outcome<std::vector<std::string>> images(std::string_view user); // oldest first
    [[nodiscard]] Outcome<std::string> image(std::string_view user, std::string_view name);
    [[nodiscard]] Outcome<std::string> upload(std::string_view user, ByteView image); // the name it got

private:
    [[nodiscard]] Outcome<std::string> ask(HttpCall, bool repeatable = true);

    ApiPlace place_;
};

} // namespace cp::client
