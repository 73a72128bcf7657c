#include "client_core/command.hpp"

#include "base/nearest.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <utility>

namespace cp::client {
namespace {

Failure usage(const CommandEntry& entry, const std::string& problem) {
    return {errc::usage, std::string{entry.name} + ": " + problem + "; usage: " + synopsis(entry) +
                             ", for example: " + std::string{entry.example}};
}

std::string in_quotes(std::string_view word) { return '\'' + printable(word) + '\''; }

// Sorts the words after the command into arguments and options; "--" ends the options.
Outcome<Arguments> read_arguments(const CommandEntry& entry, std::span<const std::string> words) {
    Arguments out;
    out.options.resize(entry.options.size());
    bool options_over = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word.empty()) return usage(entry, "an empty name");
        if (options_over || word.size() < 2 || word[0] != '-') {
            out.words.push_back(word);
        } else if (word == "--") {
            options_over = true;
        } else {
            const auto option = std::ranges::find(entry.options, word);
            if (option == entry.options.end()) {
                return usage(entry, "no option " + in_quotes(word) + " (before such a name write --)");
            }
            if (++i == words.size() || words[i].empty()) {
                return usage(entry, in_quotes(word) + " needs a value");
            }
            out.options[static_cast<std::size_t>(option - entry.options.begin())] = words[i];
        }
    }
    return out;
}

bool resembles(std::string_view word, std::string_view name) {
    return name.starts_with(word) || edit_distance(word, name) <= std::max<std::size_t>(1, name.size() / 3);
}

std::string_view meant_by(std::string_view word) {
    std::vector<std::string_view> names;
    for (const CommandEntry& entry : command_table()) {
        if (entry.name.starts_with(word)) return entry.name;
        names.push_back(entry.name);
    }
    const std::string_view best = nearest(word, names);
    return resembles(word, best) ? best : std::string_view{};
}

std::string example_of(const CommandHints& hints, std::string_view command_line) {
    return (hints.invocation.empty() ? std::string{} : hints.invocation + ' ') + std::string{command_line};
}

Failure unknown(const std::string& word, const CommandHints& hints) {
    if (hints.file_exists && hints.file_exists(word)) {
        return {errc::usage, "did you mean: " +
                                 example_of(hints, "upload " + printable(escaped(word, Quoting::backslash)))};
    }
    const std::string_view meant = word.empty() ? std::string_view{} : meant_by(word);
    if (meant.empty()) {
        return {errc::usage, "unknown command " + in_quotes(word) + ": 'help' lists them, for example: " +
                                 example_of(hints, command_table().front().example)};
    }
    return {errc::usage, "unknown command " + in_quotes(word) + ": did you mean '" + std::string{meant} +
                             "'? For example: " + example_of(hints, find_command(meant)->example)};
}

} // namespace

Outcome<Command> parse_command(std::span<const std::string> words, const CommandHints& hints) {
    if (words.empty()) {
        return Failure{errc::usage, "no command: 'help' lists them, for example: " +
                                        example_of(hints, command_table().front().example)};
    }
    const CommandEntry* entry = find_command(words[0]);
    if (entry == nullptr) return unknown(words[0], hints);
    Outcome<Arguments> arguments = read_arguments(*entry, words.subspan(1));
    if (!arguments) return arguments.error();
    const std::vector<std::string>& given = arguments->words;
    if (given.size() < entry->min_words) {
        const std::string_view missing = entry->arguments.substr(0, entry->arguments.find_first_of(" ."));
        return usage(*entry, std::string{missing} + " is missing");
    }
    if (given.size() > entry->max_words) {
        return usage(*entry, "nothing may follow here, but " + in_quotes(given[entry->max_words]) + " does");
    }
    if (entry->contradiction != nullptr) {
        const std::string problem = entry->contradiction(*arguments);
        if (!problem.empty()) return usage(*entry, problem);
    }
    return entry->make(std::move(*arguments));
}

} // namespace cp::client
