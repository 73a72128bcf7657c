// Values between a file, an environment variable or a flag and the typed Config. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cp::config {

using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

[[nodiscard]] std::string quoted(std::string_view text); // one printable line, at most 60 bytes of it
[[nodiscard]] std::string to_text(const Value&);         // as TOML writes it: true, 20, 0.5, "x", ["a", "b"]
[[nodiscard]] std::string shown(const Value&);           // the same, printable and short, for error lines

} // namespace cp::config
