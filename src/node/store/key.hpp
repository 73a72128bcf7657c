// The keys under which a store keeps objects: "users/alice/profile.json". Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cp::store {

inline constexpr std::size_t key_max = 1024;          // bytes; what S3 allows
inline constexpr std::size_t key_component_max = 255; // bytes; what file systems allow

// 1..1024 bytes of UTF-8: components of 1..255 bytes between slashes, none "." or "..", none like our
// own files (".cloudp2p-"), no control characters. Such a key is also a relative path that stays below its
// root.
[[nodiscard]] bool is_key(std::string_view);
// What list() accepts: the beginning of a key. Empty, or a key that may end with a slash.
[[nodiscard]] bool is_key_prefix(std::string_view);

// The name of an image that a client sent: "3f2a1b4c5d6e7f8a_127.0.0.1-41231_1730738456.png". `extension`
// without dot, by content. Colons of the address, and whatever else has no place in a key, become '-'.
[[nodiscard]] std::string send_image_key(std::uint64_t req_id, std::string_view client_addr,
                                         std::uint64_t unix_seconds, std::string_view extension);
// "results/alice/alice-7f3c2a…-12.cpe1": the answer to a task of that user and name.
[[nodiscard]] std::string result_key(std::string_view user, std::string_view task,
                                     std::string_view extension);
// "3f2a1b4c5d6e7f8a"
[[nodiscard]] std::string req_id_text(std::uint64_t req_id);

} // namespace cp::store
