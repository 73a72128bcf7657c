// Users and their images, kept in an object store under the names that operators see:
//   users/<name>/profile.json           who, since when, reached where (web::Profile)
//   users/<name>/images/<file>
//   users/<name>/claims/<epoch>-<uuid>  where the store has no put that only creates (registration.hpp)
//
// Correct with several nodes on one store: of racing registrations one wins, and the others get its user id.
// Calls block on the store: for workers, any thread, several at once.
#pragma once

#include "store/object_store.hpp"
#include "users/registration.hpp"
#include "web/bodies.hpp"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cp::users {

struct DirectoryOptions {
    bool one_leader = false; // no two nodes register at the same time: there is a quorum
    ClaimTiming claims{};
};

class Directory {
public:
    // `store` must outlive the directory.
    explicit Directory(store::ObjectStore& store, DirectoryOptions options = {})
        : store_{store}, options_{std::move(options)} {}

    // Registers `fresh`, or moves a registered user to its address. Returns what holds now: the id and the
    // date are those of the first registration. `epoch`: the counter of the leadership that this node knows.
    // errc::bad_config: this store needs a quorum for that. REQUIRES: names as web/names.hpp has them, here
    // and below.
    [[nodiscard]] Outcome<web::Profile> register_user(const web::Profile& fresh, std::uint64_t epoch = 0);
    [[nodiscard]] Registration registration() const {
        return registration_of(store_.caps(), options_.one_leader);
    }
    [[nodiscard]] Outcome<std::vector<web::Profile>> users(); // by name; unreadable profiles are left out
    [[nodiscard]] Outcome<bool> registered(std::string_view user);

    // Oldest first: by the seconds in the name, else by the time of the put.
    [[nodiscard]] Outcome<std::vector<std::string>> images(std::string_view user);
    // errc::exists when the name is taken.
    [[nodiscard]] Outcome<void> add_image(std::string_view user, std::string_view file, ByteView);
    [[nodiscard]] Outcome<void> put_image(std::string_view user, std::string_view file,
                                          ByteView);                                    // or replaces
    [[nodiscard]] Outcome<Payload> image(std::string_view user, std::string_view file); // errc::not_found

private:
    class Turn;
    [[nodiscard]] Outcome<web::Profile> create(const web::Profile& fresh);
    [[nodiscard]] Outcome<web::Profile> take_turn(const web::Profile& fresh, std::uint64_t epoch);
    [[nodiscard]] Outcome<web::Profile> move(std::string_view key, web::Profile);

    store::ObjectStore& store_;
    DirectoryOptions options_;
    std::mutex mutex_;
    std::condition_variable turn_over_;
    std::set<std::string, std::less<>> registering_; // names, in this process
};

// A random UUID (RFC 9562, version 4) from 16 random bytes.
[[nodiscard]] std::string uuid_text(std::array<std::byte, 16> random);
// "2026-01-31T12:00:00Z"
[[nodiscard]] std::string utc_text(std::uint64_t unix_seconds);

} // namespace cp::users
