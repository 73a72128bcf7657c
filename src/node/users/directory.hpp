// Users and their images, kept in an object store under the names that operators see:
//   users/<name>/profile.json     who, since when, reached where (web::Profile)
//   users/<name>/images/<file>
//
// Correct with several nodes on one store: a registration is a conditional put, so of racing ones the first
// wins and the others get its user id. Calls block on the store: for workers, any thread, several at once.
#pragma once

#include "store/object_store.hpp"
#include "web/bodies.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cp::users {

class Directory {
public:
    explicit Directory(store::ObjectStore& store) : store_{store} {} // must outlive the directory

    // Registers `fresh`, or moves a registered user to its address. Returns what holds now: the id and the
    // date are those of the first registration. REQUIRES: names as web/names.hpp has them, here and below.
    [[nodiscard]] Outcome<web::Profile> register_user(const web::Profile& fresh);
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
    [[nodiscard]] Outcome<web::Profile> move(std::string_view key, web::Profile);

    store::ObjectStore& store_;
};

// A random UUID (RFC 9562, version 4) from 16 random bytes.
[[nodiscard]] std::string uuid_text(std::array<std::byte, 16> random);
// "2026-01-31T12:00:00Z"
[[nodiscard]] std::string utc_text(std::uint64_t unix_seconds);

} // namespace cp::users
