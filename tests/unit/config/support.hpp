// What the tests of this folder share.
#pragma once

#include "config/load.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace cp {

inline constexpr std::uint64_t plenty_of_memory_mib = 64 << 10;

// The error line, or "" for success.
template <class T>
std::string line_of(const Outcome<T>& outcome) {
    return outcome ? std::string{} : outcome.error().line;
}

inline Outcome<config::Loaded> load(std::string_view text, std::string_view file = "node.toml") {
    const auto settings = config::parse_config(text, file);
    if (!settings) return settings.error();
    return config::build(*settings, plenty_of_memory_mib);
}

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

} // namespace cp
