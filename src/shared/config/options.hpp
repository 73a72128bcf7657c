// What a command line, the environment and the configuration file tell a program together: flag before
// CLOUDP2P_<SECTION>_<KEY> before the predecessors' variables before file before default. Pure: the
// environment, the file and the machine come in as Surroundings, warnings and texts go out as values.
#pragma once

#include "base/result.hpp"
#include "config/config.hpp"
#include "config/environment.hpp"
#include "config/load.hpp"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cp {

struct Surroundings {
    Environment environment;
    config::FileReader read_file;
    std::uint64_t memory_mib = 4096;
};
[[nodiscard]] Surroundings surroundings_of_this_process();

struct NodeOptions {
    enum class Action { run, token, check_store, show_help, show_version };
    Action action = Action::run;
    std::string text; // help and version: what to print on standard output, then exit 0
    Config config;
    std::vector<std::string> warnings; // for the program to print, one line each
    bool new_cluster = false;
};

struct ClientOptions {
    enum class Action { run, show_help, show_version };
    Action action = Action::run;
    std::string text;
    Config config;
    std::vector<std::string> warnings;

    std::string user;
    // The command with its arguments and its own options, not looked at; empty: a prompt or a script. A "--"
    // among them says that no option follows.
    std::vector<std::string> words;
    bool json = false;
    bool quiet = false;
    bool keep_going = false;
    bool any_file = false;
    std::filesystem::path passphrase_file; // at most one of these two
    std::filesystem::path user_key;
    std::string token; // of the HTTP API of nodes on other machines: CLOUDP2P_TOKEN; empty: the file's, if
                       // there is one
    // config.client.timeout came from --timeout or CLOUDP2P_CLIENT_TIMEOUT_S, so it holds at the prompt too.
    bool timeout_asked = false;
};

// `arguments` without the program's name. Errors: usage (exit code 2; the line ends with one example), else
// the line of the file, variable or relation that is wrong: bad_config, not_found, unreadable, too_large.
[[nodiscard]] Outcome<NodeOptions> parse_node(std::span<const std::string> arguments, const Surroundings&);
[[nodiscard]] Outcome<ClientOptions> parse_client(std::span<const std::string> arguments,
                                                  const Surroundings&);

} // namespace cp
