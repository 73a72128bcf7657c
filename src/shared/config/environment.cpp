#include "config/environment.hpp"

#include <unistd.h>

namespace cp {

Environment environment_of_this_process() {
    Environment all;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return all;
}

std::string_view value_of(const Environment& environment, std::string_view name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string_view{} : found->second;
}

Outcome<std::filesystem::path> home_directory(const Environment& environment, std::string_view xdg_variable,
                                              const std::filesystem::path& below_home) {
    const std::filesystem::path xdg{value_of(environment, xdg_variable)};
    if (xdg.is_absolute()) return xdg;
    const std::filesystem::path home{value_of(environment, "HOME")};
    if (home.empty())
        return Failure{errc::bad_config, "neither HOME nor " + std::string{xdg_variable} + " is set"};
    return home / below_home;
}

std::filesystem::path expand_home(const Environment& environment, const std::filesystem::path& path) {
    const std::string_view home = value_of(environment, "HOME");
    const std::string text = path.string();
    if (home.empty() || !text.starts_with("~/")) return path;
    return std::filesystem::path{home} / text.substr(2);
}

} // namespace cp
