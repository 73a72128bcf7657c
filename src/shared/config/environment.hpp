// The environment as a value, so that tests pass a map and only environment.cpp reads the real one. (What
// spoils or narrows a program for a test, CLOUDP2P_TEST_*, is read where it acts: no setting, never shown.)
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace cp {

// A secret, so no key of the configuration, whose values are shown.
inline constexpr std::string_view token_variable = "CLOUDP2P_TOKEN";

using Environment = std::map<std::string, std::string, std::less<>>;

[[nodiscard]] Environment environment_of_this_process();

// Empty when unset; an empty variable counts as unset everywhere in this module.
[[nodiscard]] std::string_view value_of(const Environment&, std::string_view name);

// $HOME joined with `below`, or $`xdg_variable` (which must be absolute, as its specification says) instead
// of the first. Error: bad_config when neither is set.
[[nodiscard]] Outcome<std::filesystem::path> home_directory(const Environment&, std::string_view xdg_variable,
                                                            const std::filesystem::path& below_home);

// "~/x" as $HOME/x; anything else unchanged. Shells do this for flags, nobody does it for files.
[[nodiscard]] std::filesystem::path expand_home(const Environment&, const std::filesystem::path&);

} // namespace cp
