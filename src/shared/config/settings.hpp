// Settings: what one source (a file, the environment, a command line) says, before sources are put on top of
// one another. Pure.
#pragma once

#include "config/document.hpp"
#include "config/environment.hpp"
#include "config/key.hpp"

#include <string>
#include <vector>

namespace cp::config {

struct Setting {
    const Key* key = nullptr; // never null
    Value value;
    std::string origin; // "node.toml:12:1", "CLOUDP2P_NETWORK_PORT", "--port"
};

struct Settings {
    std::vector<Setting> list;
    std::vector<std::string> warnings; // one line each

    void add(std::string_view dotted_key, Value value, std::string origin) {
        list.push_back({&key_named(dotted_key), std::move(value), std::move(origin)});
    }
    void append(Settings other); // `other` wins over what is here
};

// Checks a value against its key. Error: `code`, one line that begins with the origin.
[[nodiscard]] Outcome<Setting> checked_setting(const Key&, Value, std::string origin, errc code);
// The same for a text from a flag or a variable.
[[nodiscard]] Outcome<Setting> setting_from_text(const Key&, std::string_view text, std::string origin,
                                                 errc code);

// Sections and keys of ours, and those of the predecessors' files (predecessor_keys.hpp).
[[nodiscard]] Outcome<Settings> settings_of_document(const Node& root, std::string_view file);

// CLOUDP2P_<SECTION>_<KEY>. A variable that is empty counts as absent. An unknown one is an error when it
// names a section of ours or nearly a variable of ours; other names with that prefix are not configuration.
[[nodiscard]] Outcome<Settings> settings_of_environment(const Environment&);

} // namespace cp::config
