// cloudp2p-node: arguments, log, the app, the exit code.
#include "config/options.hpp"
#include "config/token_file.hpp"
#include "files/standard_streams.hpp"
#include "log/log.hpp"
#include "node_app/check_store.hpp"
#include "node_app/node_app.hpp"

#include <exception>
#include <iostream>
#include <malloc.h>
#include <string>
#include <utility>
#include <vector>

namespace {

cp::log::Settings log_settings(const cp::LogSection& section) {
    cp::log::Settings settings;
    switch (section.level) {
    case cp::LogLevel::debug: settings.level = cp::log::Level::debug; break;
    case cp::LogLevel::info: settings.level = cp::log::Level::info; break;
    case cp::LogLevel::warn: settings.level = cp::log::Level::warn; break;
    case cp::LogLevel::error: settings.level = cp::log::Level::error; break;
    }
    settings.format = section.format == cp::LogFormat::json ? cp::log::Format::json : cp::log::Format::text;
    return settings;
}

int complain(const cp::Failure& failure) {
    std::cerr << "node: " << failure.line << '\n';
    return failure.code == cp::errc::usage ? 2 : 1;
}

int show_token(const cp::NodeSection& node, const cp::Environment& environment) {
    const auto path = cp::token_path(node, environment);
    if (!path) return complain(path.error());
    const auto token = cp::obtain_token(*path);
    if (!token) return complain(token.error());
    std::cout << *token << '\n';
    return 0;
}

int run(std::vector<std::string> arguments) {
    // Images come and go; above this size each lives in memory of its own that goes back to the system.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 4 << 20);

    const auto surroundings = cp::surroundings_of_this_process();
    const auto options = cp::parse_node(arguments, surroundings);
    if (!options) return complain(options.error());
    if (options->action == cp::NodeOptions::Action::show_help ||
        options->action == cp::NodeOptions::Action::show_version) {
        std::cout << options->text;
        return 0;
    }
    if (options->action == cp::NodeOptions::Action::token)
        return show_token(options->config.node, surroundings.environment);
    if (options->action == cp::NodeOptions::Action::check_store)
        return cp::node::check_store(options->config, surroundings.environment, std::cout);

    const cp::log::Session log{log_settings(options->config.log)};
    for (const auto& warning : options->warnings) cp::log::log_event(cp::log::Level::warn, "config", warning);
    auto app = cp::node::NodeApp::open(*options, surroundings.environment);
    if (!app) return complain(app.error());
    return (*app)->run();
}

int run_or_explain(std::vector<std::string> arguments) {
    try {
        return run(std::move(arguments));
    } catch (const std::exception& error) {
        std::cerr << "node: " << error.what() << '\n';
        return 1;
    }
}

} // namespace

int main(int argc, char** argv) {
    cp::fill_standard_streams();
    return cp::end_of_output("node", run_or_explain({argv + 1, argv + argc}));
}
