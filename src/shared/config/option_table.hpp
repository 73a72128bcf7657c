// The options of both programs as a table: the parser, the help text and the "did you mean" read it. Pure.
#pragma once

#include "config/predecessor_keys.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cp::config {

struct Option {
    std::string_view name;  // "--port"
    std::string_view value; // "N" in the help; empty: a flag
    std::string_view key;   // the key it sets ("network.port"); empty: an option of the program itself
    std::string_view group; // heading in the help
    std::string_view help;
    bool repeats = false; // every occurrence adds one item
};

// The options of that program, in the order of its help.
[[nodiscard]] std::vector<Option> options_of(Program);

// Options of single commands of the client. They and their values are passed on with the command's words.
[[nodiscard]] std::span<const std::string_view> command_options();

[[nodiscard]] std::string_view usage_example(Program); // "example: …"
[[nodiscard]] std::string help_text(Program);          // at most 80 columns

} // namespace cp::config
