// The objects of --json, one line each without its end. Names and order of the fields are a promise to
// scripts (docs/operations.md): append, never reorder. Always valid UTF-8, whatever bytes a file name has.
#pragma once

#include "repl/result.hpp"

#include <string>
#include <string_view>

namespace cp::client {

[[nodiscard]] std::string to_json(const CommandResult&);
// `event` is the command: "status" has the fields that scripts know; "members" and "discover" say more.
[[nodiscard]] std::string to_json(std::string_view event, const StatusReport&);
[[nodiscard]] std::string to_json(const CapacityReport&);
[[nodiscard]] std::string to_json(const DoctorLine&);
[[nodiscard]] std::string to_json(const Failure&); // of no command: {"event":"error","code":…,"error":…}

} // namespace cp::client
