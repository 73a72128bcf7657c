// cloudp2p: arguments, the app, the exit code.
#include "client_app/client_app.hpp"
#include "config/options.hpp"
#include "files/standard_streams.hpp"
#include "net/clock.hpp"

#include <algorithm>
#include <exception>
#include <iostream>
#include <malloc.h>
#include <string>
#include <vector>

namespace {

using Arguments = std::vector<std::string>;

// Also where the arguments as a whole make no sense.
bool asks_for_json(const Arguments& arguments) { return std::ranges::count(arguments, "--json") > 0; }

int run(const Arguments& arguments) {
    const cp::TimePoint began = cp::net::now();
    mallopt(M_MMAP_THRESHOLD, 1 << 20); // images go back to the system when they are done with
    const auto surroundings = cp::surroundings_of_this_process();
    const auto options = cp::parse_client(arguments, surroundings);
    if (!options) return cp::client::fail_to_start(options.error(), asks_for_json(arguments));
    if (options->action != cp::ClientOptions::Action::run) {
        std::cout << options->text;
        return 0;
    }
    for (const auto& warning : options->warnings) std::cerr << "client: " << warning << '\n';
    return cp::client::run_client(*options, surroundings.environment, began);
}

int run_or_explain(const Arguments& arguments) {
    try {
        return run(arguments);
    } catch (const std::exception& error) {
        return cp::client::fail_to_start({cp::errc::internal, error.what()}, asks_for_json(arguments));
    }
}

} // namespace

int main(int argc, char** argv) {
    cp::fill_standard_streams();
    return cp::end_of_output("client", run_or_explain({argv + 1, argv + argc}));
}
