#include "config/command_line.hpp"

#include "base/nearest.hpp"
#include "base/utf8.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace cp::config {
namespace {

// CLI11 sees every word that is no option as "\x01<index>": so it cannot take a word's contents for an
// option, and the word keeps its place, among the other words or as an option's value.
constexpr char hidden_mark = '\x01';

struct Prepared {
    std::vector<std::string> arguments; // for CLI11
    std::vector<std::string> words;     // what the hidden ones stand for

    // `option`: "--name=", or nothing.
    void hide(const std::string& word, const std::string& option = {}) {
        arguments.push_back(option + hidden_mark + std::to_string(words.size()));
        words.push_back(word);
    }
    // REQUIRES: `argument` came out of CLI11.
    [[nodiscard]] std::string reveal(const std::string& argument) const {
        if (!argument.starts_with(hidden_mark)) return argument;
        std::size_t index = 0;
        std::from_chars(argument.data() + 1, argument.data() + argument.size(), index);
        return words.at(index);
    }
};

Prepared prepare(std::span<const std::string> arguments, std::span<const std::string_view> passed_on) {
    Prepared out;
    bool ended = false;         // by "--"
    bool value_follows = false; // of an option that is passed on
    for (const std::string& argument : arguments) {
        const bool option = argument.size() > 1 && argument.front() == '-';
        if (ended || std::exchange(value_follows, false) || !option) {
            out.hide(argument);
            continue;
        }
        const std::string_view name = std::string_view{argument}.substr(0, argument.find('='));
        const bool passed = std::ranges::count(passed_on, name) == 1;
        value_follows = passed && name.size() == argument.size();
        ended = argument == "--";
        if (passed || ended)
            out.hide(argument);
        else if (const std::size_t value = name.size() + 1; value < argument.size())
            out.hide(argument.substr(value), argument.substr(0, value));
        else
            out.arguments.push_back(argument);
    }
    return out;
}

Failure unknown_option(std::string_view argument, std::span<const Option> options,
                       std::span<const std::string_view> passed_on) {
    std::vector<std::string_view> known{passed_on.begin(), passed_on.end()};
    for (const Option& option : options) known.push_back(option.name);
    const std::string_view name = argument.substr(0, argument.find('='));
    return {errc::usage, "unknown option " + printable(name) + ": did you mean " +
                             std::string{nearest(name, known)} + '?'};
}

Failure needs_value(std::string_view option) { return {errc::usage, std::string{option} + " needs a value"}; }

// A flag with a value ("--lan=no") would count as given.
std::optional<Failure> flag_with_value(const Prepared& prepared, std::span<const Option> options) {
    for (const std::string& argument : prepared.arguments) {
        const std::string_view name = std::string_view{argument}.substr(0, argument.find('='));
        const auto found = std::ranges::find(options, name, &Option::name);
        if (found != options.end() && found->value.empty() && name.size() != argument.size()) {
            return Failure{errc::usage, std::string{name} + " takes no value"};
        }
    }
    return std::nullopt;
}

void declare(CLI::App& app, std::span<const Option> options,
             std::map<std::string_view, std::vector<std::string>>& values) {
    for (const Option& option : options) {
        const std::string names = option.name == "--help" ? "-h,--help" : std::string{option.name};
        if (option.value.empty()) {
            app.add_flag(names);
        } else {
            app.add_option(names, values[option.name])
                ->expected(1)
                ->allow_extra_args(false)
                ->multi_option_policy(option.repeats ? CLI::MultiOptionPolicy::TakeAll
                                                     : CLI::MultiOptionPolicy::TakeLast);
        }
    }
}

} // namespace

std::string CommandLine::last(std::string_view name) const {
    const auto found = options.find(name);
    return found == options.end() || found->second.empty() ? std::string{} : found->second.back();
}

Outcome<CommandLine> split_command_line(std::span<const std::string> arguments,
                                        std::span<const Option> options,
                                        std::span<const std::string_view> passed_on) {
    const Prepared prepared = prepare(arguments, passed_on);
    if (auto failure = flag_with_value(prepared, options)) return *std::move(failure);

    CLI::App app;
    app.set_help_flag(); // ours, with a text of our own
    app.allow_extras();
    std::map<std::string_view, std::vector<std::string>> values;
    declare(app, options, values);
    try {
        // CLI11 takes this overload's arguments last first.
        app.parse(std::vector<std::string>{prepared.arguments.rbegin(), prepared.arguments.rend()});
    } catch (const CLI::ArgumentMismatch& error) {
        const std::string text = error.what(); // "--port: 1 required TEXT missing"
        return needs_value(text.substr(0, text.find(':')));
    } catch (const CLI::Error& error) {
        return Failure{errc::usage, printable(error.what())};
    }

    CommandLine out;
    for (const Option& option : options) {
        if (app.count(std::string{option.name}) == 0) continue;
        auto& items = out.options[option.name];
        for (const std::string& value : values[option.name]) {
            // CLI11 takes whatever comes next; "--cluster --lan" means a forgotten name, not one of "--lan".
            if (std::ranges::count(options, value, &Option::name) > 0) return needs_value(option.name);
            items.push_back(prepared.reveal(value));
        }
    }
    for (const std::string& argument : app.remaining()) {
        if (!argument.starts_with(hidden_mark)) return unknown_option(argument, options, passed_on);
        out.words.push_back(prepared.reveal(argument));
    }
    return out;
}

} // namespace cp::config
