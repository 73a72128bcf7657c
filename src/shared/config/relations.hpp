// What must hold between keys. Pure.
#pragma once

#include "config/config.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cp::config {

struct Violation {
    std::string_view key; // "election.failure_timeout_ms": whose origin the error line begins with
    std::string line;     // what does not fit, and what to change
};

// The first relation that does not hold. REQUIRES: every key is within its own range.
[[nodiscard]] std::optional<Violation> find_violation(const Config&);

} // namespace cp::config
