#include "config/options.hpp"

#include "config/command_line.hpp"
#include "config/option_table.hpp"
#include "config/user_name.hpp"
#include "config/version.hpp"

#include <algorithm>

namespace cp {
namespace {

using config::CommandLine;
using config::Program;
using config::Settings;

Failure usage(Program program, const std::string& line) {
    return {errc::usage, line + '\n' + std::string{config::usage_example(program)}};
}

// The settings that the options of a command line make.
Outcome<Settings> settings_of(const CommandLine& line, std::span<const config::Option> options) {
    Settings out;
    for (const config::Option& option : options) {
        if (option.key.empty() || !line.has(option.name)) continue;
        const config::Key& key = config::key_named(option.key);
        const std::string origin{option.name};
        auto setting = option.value.empty() ? checked_setting(key, true, origin, errc::usage)
                       : key.kind == config::Kind::list
                           ? checked_setting(key, line.options.at(option.name), origin, errc::usage)
                           : setting_from_text(key, line.last(option.name), origin, errc::usage);
        if (!setting) return setting.error();
        out.list.push_back(*std::move(setting));
    }
    return out;
}

// The layers below the flags, lowest first.
Outcome<Settings> settings_below(const CommandLine& line, const Surroundings& around, Program program) {
    Settings all;
    std::string file = line.last("--config");
    if (file.empty()) file = value_of(around.environment, "CONFIG_FILE");
    if (!file.empty()) {
        const auto text = around.read_file(file);
        if (!text) return text.error();
        auto parsed = config::parse_config(*text, file);
        if (!parsed) return parsed.error();
        all.append(*std::move(parsed));
    }
    auto theirs = config::settings_of_predecessor_variables(around.environment, program);
    if (!theirs) return theirs.error();
    all.append(*std::move(theirs));
    auto ours = config::settings_of_environment(around.environment);
    if (!ours) return ours.error();
    all.append(*std::move(ours));
    return all;
}

struct Arguments {
    CommandLine line;
    std::vector<config::Option> options;
};

Outcome<Arguments> split(std::span<const std::string> arguments, Program program) {
    Arguments out{.line = {}, .options = config::options_of(program)};
    const auto passed_on =
        program == Program::client ? config::command_options() : std::span<const std::string_view>{};
    auto line = config::split_command_line(arguments, out.options, passed_on);
    if (!line) return usage(program, line.error().line);
    out.line = *std::move(line);
    return out;
}

// All layers on top of one another; `from_words` is the highest.
Outcome<config::Loaded> load(const Arguments& arguments, const Settings& from_words,
                             const Surroundings& around, Program program) {
    auto flags = settings_of(arguments.line, arguments.options);
    if (!flags) return usage(program, flags.error().line);
    auto all = settings_below(arguments.line, around, program);
    if (!all) return all.error();
    all->append(*std::move(flags));
    all->append(from_words);
    return config::build(*all, around.memory_mib);
}

template <class Options>
bool answered(Options& out, const CommandLine& line, Program program) {
    const std::string name = program == Program::node ? "cloudp2p-node " : "cloudp2p ";
    if (line.has("--help")) {
        out.action = Options::Action::show_help;
        out.text = config::help_text(program);
    } else if (line.has("--version")) {
        out.action = Options::Action::show_version;
        out.text = name + std::string{version} + '\n';
    } else {
        return false;
    }
    return true;
}

// The one word of a node: its ID or what else it is to do.
Outcome<Settings> take_node_word(NodeOptions& out, std::vector<std::string> words) {
    Settings settings;
    std::erase(words, "--");
    if (words.size() > 1)
        return usage(Program::node, "one ID at most: " + config::quoted(words[1]) + " is one too many");
    if (words.empty()) return settings;
    if (words[0] == "token") {
        out.action = NodeOptions::Action::token;
    } else if (words[0] == "check-store") {
        out.action = NodeOptions::Action::check_store;
    } else {
        auto id = config::setting_from_text(config::key_named("node.id"), words[0], "ID", errc::usage);
        if (!id || id->value == config::Value{std::int64_t{0}}) {
            return usage(Program::node, config::quoted(words[0]) +
                                            " is neither an ID (1..4294967295) nor token nor check-store");
        }
        settings.list.push_back(*std::move(id));
    }
    return settings;
}

// USER, then the command. A "--" before the command has done its work by now.
Outcome<void> take_client_words(ClientOptions& out, std::vector<std::string> words) {
    const auto drop_marks = [&words] {
        const auto first = std::ranges::find_if(words, [](const std::string& w) { return w != "--"; });
        words.erase(words.begin(), first);
    };
    drop_marks();
    if (words.empty())
        return usage(Program::client, "USER is missing: client USER [OPTION...] [COMMAND [ARGUMENT...]]");
    if (auto valid = check_user_name(words[0]); !valid) return usage(Program::client, valid.error().line);
    out.user = words[0];
    words.erase(words.begin());
    drop_marks();
    out.words = std::move(words);
    return {};
}

} // namespace

Surroundings surroundings_of_this_process() {
    return {.environment = environment_of_this_process(),
            .read_file = config::read_config_file,
            .memory_mib = config::memory_of_this_machine_mib()};
}

Outcome<NodeOptions> parse_node(std::span<const std::string> arguments, const Surroundings& around) {
    const auto split_up = split(arguments, Program::node);
    if (!split_up) return split_up.error();
    const CommandLine& line = split_up->line;
    NodeOptions out;
    if (answered(out, line, Program::node)) return out;
    const auto id = take_node_word(out, line.words);
    if (!id) return id.error();
    auto loaded = load(*split_up, *id, around, Program::node);
    if (!loaded) return loaded.error();
    out.config = std::move(loaded->config);
    out.warnings = std::move(loaded->warnings);
    out.new_cluster = line.has("--new-cluster");
    return out;
}

Outcome<ClientOptions> parse_client(std::span<const std::string> arguments, const Surroundings& around) {
    const auto split_up = split(arguments, Program::client);
    if (!split_up) return split_up.error();
    const CommandLine& line = split_up->line;
    ClientOptions out;
    if (answered(out, line, Program::client)) return out;
    if (auto taken = take_client_words(out, line.words); !taken) return taken.error();
    if (line.has("--passphrase-file") && line.has("--user-key")) {
        return usage(Program::client, "--passphrase-file and --user-key exclude one another");
    }
    auto loaded = load(*split_up, {}, around, Program::client);
    if (!loaded) return loaded.error();
    out.config = std::move(loaded->config);
    out.warnings = std::move(loaded->warnings);
    out.json = line.has("--json");
    out.quiet = line.has("--quiet");
    out.keep_going = line.has("--keep-going");
    out.any_file = line.has("--any-file");
    out.passphrase_file = line.last("--passphrase-file");
    out.user_key = line.last("--user-key");
    out.token = value_of(around.environment, token_variable);
    out.timeout_asked =
        line.has("--timeout") || !value_of(around.environment, "CLOUDP2P_CLIENT_TIMEOUT_S").empty();
    return out;
}

} // namespace cp
