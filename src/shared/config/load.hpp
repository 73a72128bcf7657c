// From settings to a Config that may be used: layers applied in order, what is automatic filled in, relations
// between keys checked. Pure except read_config_file().
#pragma once

#include "config/config.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cp::config {

struct Loaded {
    Config config;
    std::vector<std::string> warnings; // one line each, for the program to print
};

// Applies `settings` in their order, so that later ones win, wherever they come from; then what was left
// automatic is derived: the profile's heartbeat, 5 heartbeats of failure timeout, the TTL, the memory budget
// from `machine_memory_mib`. Errors (bad_config): a relation that does not hold, with what to change.
[[nodiscard]] Outcome<Loaded> build(const Settings& settings, std::uint64_t machine_memory_mib);

// One file's settings. `file` names it in errors; a name ending in .json is read as JSON.
[[nodiscard]] Outcome<Settings> parse_config(std::string_view text, std::string_view file);

using FileReader = std::function<Outcome<std::string>(const std::filesystem::path&)>;
// Errors: not_found, unreadable (a directory, no permission), too_large above 1 MiB.
[[nodiscard]] Outcome<std::string> read_config_file(const std::filesystem::path&);

[[nodiscard]] std::uint64_t memory_of_this_machine_mib();

} // namespace cp::config
