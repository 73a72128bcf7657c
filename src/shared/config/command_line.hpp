// Splits a command line into options and words. Pure.
#pragma once

#include "base/result.hpp"
#include "config/option_table.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cp::config {

struct CommandLine {
    std::map<std::string_view, std::vector<std::string>> options; // by name; a flag has no items
    std::vector<std::string> words;                               // everything else, in order

    [[nodiscard]] bool has(std::string_view name) const { return options.contains(name); }
    [[nodiscard]] std::string last(std::string_view name) const; // empty when absent
};

// Options are recognised wherever they stand, as "--port 1" and "--port=1"; of an option that does not repeat
// the last one counts. `passed_on` are options of the words' own language: they stay among the words, and so
// does the word behind each of them, whatever it looks like. "--" ends the options and stays among the words
// as well. Error: usage.
[[nodiscard]] Outcome<CommandLine> split_command_line(std::span<const std::string> arguments,
                                                      std::span<const Option> options,
                                                      std::span<const std::string_view> passed_on);

} // namespace cp::config
