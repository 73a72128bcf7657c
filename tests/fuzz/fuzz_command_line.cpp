// Command lines of both programs: arguments end at a zero byte, the first byte chooses the program. The
// answer is options, or a line and an example.
#include "base/check.hpp"
#include "base/utf8.hpp"
#include "config/options.hpp"

#include <algorithm>

namespace {

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> arguments;
    while (!text.empty() && arguments.size() < 100) {
        const std::size_t end = std::min(text.find('\0'), text.size());
        arguments.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return arguments;
}

void check_failure(const cp::Failure& failure) {
    const std::string& line = failure.line;
    const std::size_t end = std::min(line.find('\n'), line.size());
    CP_CHECK(end > 0 && cp::printable(line.substr(0, end)) == line.substr(0, end));
    if (failure.code != cp::errc::usage) return;
    CP_CHECK(std::ranges::count(line, '\n') == 1 && line.substr(end + 1).starts_with("example: "));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto arguments = split({reinterpret_cast<const char*>(data) + 1, size - 1});
    const cp::Surroundings around{
        .environment = {},
        .read_file = [](const std::filesystem::path&) -> cp::Outcome<std::string> { return std::string{}; }};
    if (data[0] % 2 == 0) {
        const auto options = cp::parse_node(arguments, around);
        if (!options) check_failure(options.error());
        return 0;
    }
    const auto options = cp::parse_client(arguments, around);
    if (!options)
        check_failure(options.error());
    else
        CP_CHECK(options->action != cp::ClientOptions::Action::run || !options->user.empty());
    return 0;
}
