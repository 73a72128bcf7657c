// A configuration file: the first byte chooses TOML or JSON. Whatever it holds, the answer is a configuration
// whose relations hold, or one printable line that names the file.
#include "base/check.hpp"
#include "base/utf8.hpp"
#include "config/load.hpp"
#include "config/relations.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
    const std::string_view file = data[0] % 2 == 0 ? "fuzz.toml" : "fuzz.json";
    const auto check_line = [](const std::string& line) {
        CP_CHECK(!line.empty() && cp::printable(line) == line);
    };

    const auto settings = cp::config::parse_config(text, file);
    if (!settings) {
        CP_CHECK(settings.error().line.starts_with(file));
        check_line(settings.error().line);
        return 0;
    }
    std::ranges::for_each(settings->warnings, check_line);
    const auto loaded = cp::config::build(*settings, 4096);
    if (loaded)
        CP_CHECK(!cp::config::find_violation(loaded->config));
    else
        check_line(loaded.error().line);
    return 0;
}
