// A line of the REPL or of a script, cut into words as a shell cuts them: blanks separate, 'single' and
// "double" quotes and the backslash protect, a # that begins a word begins a comment, a bare ~/ that does is
// the home folder. No variables and no globs. Pure; bytes above 127 are letters like any other.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cp::client {

// Empty for blank lines and comments. `home`: of the user; empty: a ~ is a letter. errc::usage: a quote that
// nobody closes, a backslash at the end, a NUL.
[[nodiscard]] Outcome<std::vector<std::string>> split_line(std::string_view line, std::string_view home = {});

enum class Quoting { backslash, single, with_double };

// What stands before the cursor, for completion. Unclosed quotes are no error here.
struct OpenWord {
    std::vector<std::string> before; // the words that are finished
    std::size_t from = 0;            // byte of the line at which the unfinished word begins
    std::string text;                // the unfinished word without its quoting; may be empty
    Quoting quoting = Quoting::backslash;
    bool in_comment = false;
};
[[nodiscard]] OpenWord open_word(std::string_view line_before_cursor);

// The word as it has to be typed, here or in a shell. With quotes: opened, but left for the caller to close,
// so that a half-completed name can be typed on.
[[nodiscard]] std::string escaped(std::string_view word, Quoting);
// "" , "'" or "\"": what closes an escaped() word.
[[nodiscard]] std::string_view closing(Quoting);

} // namespace cp::client
