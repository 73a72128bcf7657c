// The names that the configuration files and the environment of the five earlier designs use
// (docs/predecessors.md). Keys of the same meaning are taken; the others get one warning line with the
// reason, and the program starts. Pure.
#pragma once

#include "config/settings.hpp"

#include <string>
#include <string_view>

namespace cp::config {

// False when the key is none of theirs. Error (bad_config): it is, with a value of the wrong type or range.
[[nodiscard]] Outcome<bool> take_predecessor_key(std::string_view section, const Member& member,
                                                 const std::string& origin, Settings& out);

// Variables that mean something to a node only (NODE_ID, API_PORT, SHARED_DIR, FIREBASE_BUCKET) are left
// alone for a client. CONFIG_FILE and GOOGLE_APPLICATION_CREDENTIALS are no settings: options.cpp reads the
// one, the store (open_store.cpp) the other.
enum class Program { node, client };
[[nodiscard]] Outcome<Settings> settings_of_predecessor_variables(const Environment&, Program);

} // namespace cp::config
