// Where commands come from: a person at a terminal, or a script on a pipe. Lines arrive already cut into
// words; blank lines and comments never arrive.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cp::client {

struct Line {
    std::size_t number = 0; // of the input, from 1; for messages
    // At least one word; or why the line cannot be cut (errc::usage).
    Outcome<std::vector<std::string>> words;
};

// next() is for one thread and blocks; stop() may come from any, also from a signal handler.
class LineSource {
public:
    virtual ~LineSource() = default;
    [[nodiscard]] virtual std::optional<Line> next() = 0; // nullopt: the end, and ever after
    virtual void stop() noexcept = 0;                     // next() ends, now and ever after
};

inline constexpr std::size_t script_line_max =
    64 * 1024; // bytes; a longer line is refused, the next ones are not

// Commands of a script, one a line. Accepts a byte order mark, CR LF, and a last line without an end. Does
// not close the descriptor. `home`: as split_line()'s.
[[nodiscard]] std::unique_ptr<LineSource> script_lines(int fd, std::string home = {});

struct TerminalOptions {
    std::string prompt;            // "alice> "
    std::filesystem::path history; // empty: none is kept
    std::string home{};            // as split_line()'s
    std::FILE* in = stdin;
    std::FILE* out = stdout; // where the prompt stands; standard error when standard output is for programs
};

// A prompt with editing, history and completion (libedit). Ctrl-D on an empty line ends; Ctrl-C discards the
// line and stays; between two next() the terminal is as it was, and Ctrl-C is a signal again. A line that
// begins with a blank is not remembered.
[[nodiscard]] std::unique_ptr<LineSource> terminal_lines(const TerminalOptions&);

[[nodiscard]] bool is_terminal(int fd);
[[nodiscard]] std::size_t terminal_columns(int fd); // 80 when unknown

} // namespace cp::client
