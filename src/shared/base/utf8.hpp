// UTF-8 as RFC 3629 has it: overlong forms, surrogates and values above U+10FFFF are not text. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cp {

inline constexpr char32_t not_utf8 = 0xffffffff;

struct Utf8Char {
    char32_t code = not_utf8;
    std::size_t size = 1; // bytes that it takes; 1 for a byte that starts no character
};

// The first character. REQUIRES: !text.empty().
[[nodiscard]] Utf8Char first_utf8(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);
// For JSON, which has no other bytes: those that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);
// REQUIRES: `code` is a character, not a surrogate.
void append_utf8(std::string& out, char32_t code);

// C0, DEL and C1: what moves cursors, ends lines or hides in names.
[[nodiscard]] constexpr bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7f && c <= 0x9f); }

// Text of unknown origin made fit for one line of a log or a terminal: control characters become \n, \t or
// \u{1b}, bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

} // namespace cp
