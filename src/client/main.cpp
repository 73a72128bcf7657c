// cloudp2p: arguments, the app, the exit code.
#include "client_app/client_app.hpp"
#include "config/options.hpp"
#include "files/standard_streams.hpp"

#include <exception>
#include <iostream>
#include <malloc.h>
#include <string>
#include <vector>

namespace {

int run(std::vector<std::string> arguments) {
    mallopt(M_MMAP_THRESHOLD, 1 << 20); // images go back to the system when they are done with
    const auto surroundings = cp::surroundings_of_this_process();
    const auto options = cp::parse_client(arguments, surroundings);
    if (!options) {
        std::cerr << "client: " << options.error().line << '\n';
        return options.error().code == cp::errc::usage ? 2 : 1;
    }
    if (options->action != cp::ClientOptions::Action::run) {
        std::cout << options->text << std::flush;
        return 0;
    }
    for (const auto& warning : options->warnings) std::cerr << "client: " << warning << '\n';
    return cp::client::run_client(*options, surroundings.environment);
}

} // namespace

int main(int argc, char** argv) {
    cp::fill_standard_streams();
    try {
        return cp::client::end_of_output(run({argv + 1, argv + argc}));
    } catch (const std::exception& error) {
        std::cerr << "client: " << error.what() << '\n';
        return 1;
    }
}
