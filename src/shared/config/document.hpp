// A configuration file as a tree that remembers where everything stood: what TOML and JSON have in common.
// Pure: text in, tree or one error line out. Nesting is bounded by the parsers.
#pragma once

#include "base/result.hpp"
#include "config/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cp::config {

struct Position {
    std::size_t line = 1;
    std::size_t column = 1;
};

struct Member;

struct Node {
    struct Other {}; // a date or null: of no use to any key
    using Array = std::vector<Node>;
    using Table = std::vector<Member>;

    Position at;
    std::variant<Other, bool, std::int64_t, double, std::string, Array, Table> data;

    [[nodiscard]] const Table* table() const { return std::get_if<Table>(&data); }
    [[nodiscard]] const Array* array() const { return std::get_if<Array>(&data); }
    [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&data); }
};

struct Member {
    std::string name;
    Position at; // of the name
    Node value;
};

[[nodiscard]] std::string place(std::string_view file, Position); // "node.toml:12:1"

// The root is a table. Errors (bad_config): syntax and duplicate keys, as one line with the place.
[[nodiscard]] Outcome<Node> parse_toml(std::string_view text, std::string_view file);
[[nodiscard]] Outcome<Node> parse_json(std::string_view text, std::string_view file);
// JSON when the name ends in .json, else TOML.
[[nodiscard]] Outcome<Node> parse_document(std::string_view text, std::string_view file);

// A scalar or a list of texts; nothing for tables, mixed lists, dates and null.
[[nodiscard]] std::optional<Value> to_value(const Node&);
[[nodiscard]] std::string_view kind_name(const Node&); // "a table", for error lines

} // namespace cp::config
