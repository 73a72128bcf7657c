// What somebody asks the cluster for over HTTP: a form (web/multipart.hpp) with
//   user        whose task it is; also the key, when nothing else is given (docs/security.md)
//   command     "encrypt" (default) or "hide"
//   image       the picture
//   passphrase  or key: 64 hexadecimal digits
//   text        what `hide` hides; or file (a picture stays one)
//   method      how: "adaptive" (default) or "lsb"
// Strict: an unknown field is an error, since a mistyped one would protect with less than was meant. Pure.
#pragma once

#include "base/result.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cp::web {

struct TaskOrder {
    std::string user;
    bool hide = false;
    std::string image;
    std::string image_name; // as the sender calls it, without folders
    std::string passphrase; // empty: none
    std::optional<std::array<std::byte, 32>> key;
    std::optional<std::string> text; // what is hidden: this, or
    std::optional<std::string> file;
    std::string file_name;
    bool plain = false; // method lsb
};

inline constexpr std::size_t passphrase_max = 1024;  // bytes
inline constexpr std::size_t order_name_max = 128;   // of a file; longer ones are cut
inline constexpr std::size_t order_text_max = 65536; // fields that are no files

// bad_field with one line for the sender. The image is not looked at.
[[nodiscard]] Outcome<TaskOrder> read_task_order(std::string_view content_type, const std::string& body);

} // namespace cp::web
