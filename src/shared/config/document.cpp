#include "config/document.hpp"

#include "base/utf8.hpp"

namespace cp::config {
namespace {

std::optional<Value> list_of(const Node::Array& array) {
    std::vector<std::string> items;
    for (const Node& item : array) {
        const std::string* text = item.text();
        if (text == nullptr) return std::nullopt;
        items.push_back(*text);
    }
    return items;
}

} // namespace

std::string place(std::string_view file, Position at) {
    return printable(file) + ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

Outcome<Node> parse_document(std::string_view text, std::string_view file) {
    return file.ends_with(".json") ? parse_json(text, file) : parse_toml(text, file);
}

std::optional<Value> to_value(const Node& node) {
    if (const auto* v = std::get_if<bool>(&node.data)) return *v;
    if (const auto* v = std::get_if<std::int64_t>(&node.data)) return *v;
    if (const auto* v = std::get_if<double>(&node.data)) return *v;
    if (const std::string* v = node.text()) return *v;
    if (const Node::Array* v = node.array()) return list_of(*v);
    return std::nullopt;
}

std::string_view kind_name(const Node& node) {
    if (node.table() != nullptr) return "a table";
    if (node.array() != nullptr) return "a list of other things";
    return "a date or null";
}

} // namespace cp::config
