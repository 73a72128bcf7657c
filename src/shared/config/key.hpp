// One key of the configuration, and the table of all of them: files, the environment, command lines, the
// search for the nearest name and the text of configs/*.toml all read this table, so a fact about a key
// stands once. Pure; the table is made at its first use and never changes.
#pragma once

#include "config/config.hpp"
#include "config/value.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cp::config {

enum class Kind { boolean, integer, number, word, text, list };

struct Key {
    std::string_view section;
    std::string_view name; // with its unit: "heartbeat_interval_ms"
    std::string_view doc;  // meaning, unit, relation to others: the comment in configs/*.toml
    Kind kind = Kind::text;
    double min = 0; // of integers and numbers
    double max = 0;
    std::vector<std::string_view> words{}; // what a word may be, in the order of its enumeration
    std::optional<Value> automatic{};      // this value says "find out": assign() leaves the Config as it is
    std::string_view form{};               // of texts with a grammar: "HOST[:PORT]"
    bool (*fits)(std::string_view) = nullptr;     // a text, or each item of a list, against that grammar
    void (*set)(Config&, const Value&) = nullptr; // REQUIRES: checked; everybody else calls assign()
    Value (*get)(const Config&) = nullptr;
};

[[nodiscard]] std::span<const Key> keys();
[[nodiscard]] std::span<const std::string_view> sections(); // in the order of the files
[[nodiscard]] const Key* find_key(std::string_view section, std::string_view name);
// As find_key, for names that are written in this program: an unknown one is a bug.
[[nodiscard]] const Key& key_named(std::string_view dotted);
// Never null: the known key with the smallest edit distance, of the same section when that is as near.
[[nodiscard]] const Key& nearest_key(std::string_view section, std::string_view name);

[[nodiscard]] std::string dotted(const Key&);   // "network.port"
[[nodiscard]] std::string variable(const Key&); // "CLOUDP2P_NETWORK_PORT"
[[nodiscard]] std::string expected(const Key&); // "an integer 1..65535"

// Checks `value` and stores it. Returns what is wrong with it as the end of a sentence that the key's name
// begins ("is 70000, must be an integer 1..65535"), or an empty string.
[[nodiscard]] std::string assign(const Key&, Config&, const Value& value);

// What a flag or a variable says, as a value of the key's kind; nothing when it is not one.
[[nodiscard]] std::optional<Value> from_text(const Key&, std::string_view text);

// All sections and keys with their documentation as comments and the values of `config`; keys with an
// automatic value have that one unless named in `explicit_keys` ("network.ttl").
[[nodiscard]] std::string render_toml(const Config&, std::string_view headline,
                                      std::span<const std::string_view> explicit_keys = {});

} // namespace cp::config
