// The syntax of what strangers name over HTTP: users, images, addresses. Strict, so that a name is at once a
// path component, a log word, a header value and a JSON string that needs no escape. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cp::web {

inline constexpr std::size_t user_max = 64;
inline constexpr std::size_t image_name_max = 128;
inline constexpr std::size_t address_max = 128;

[[nodiscard]] bool is_user(std::string_view);       // [A-Za-z0-9._-]{1,64}, neither "." nor ".."
[[nodiscard]] bool is_image_name(std::string_view); // [A-Za-z0-9._-]{1,128}, no dot first
// HOST:PORT as a client says where it is reached: letters, digits, '.', '-', or IPv6 in brackets;
// port 1..65535.
[[nodiscard]] bool is_address(std::string_view);

// "1733511234-a1b2c3d4.png"
[[nodiscard]] std::string image_name(std::uint64_t unix_seconds, std::uint32_t random,
                                     std::string_view extension);
// The seconds that such a name begins with; nothing for other names.
[[nodiscard]] std::optional<std::uint64_t> image_time(std::string_view name);
// By the name's ending: "image/png"; "application/octet-stream" when unknown.
[[nodiscard]] std::string_view content_type_of(std::string_view name);

} // namespace cp::web
