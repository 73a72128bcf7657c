#include "base/utf8.hpp"
#include "config/document.hpp"

// toml++ 3.3 asserts that a key follows "[", and with NDEBUG lets clang rely on it; yet "[=" is only a typo,
// and the code behind the assertion reports it well.
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace cp::config {
namespace {

// toml++, 3.3 and later, runs into undefined behaviour when characters of U+00A0..U+FEFF stand where white
// space might (its issues 190 and 295), which any typo can bring about. So it never sees them: every
// character of the basic plane beyond ASCII is moved to a plane of private use, which its tables leave alone,
// and what it read is moved back. One character stays one character, so places hold.
constexpr char32_t plane = 0xf0000;

// Nothing but the first offending place when the text is not UTF-8 or uses that plane itself.
struct Moved {
    std::string text;
    std::optional<Position> refused;
};

Moved move_out(std::string_view text) {
    Moved out;
    Position here;
    while (!text.empty()) {
        const Utf8Char c = first_utf8(text);
        static_assert(not_utf8 >= plane);
        if (c.code >= plane) {
            out.refused = here;
            return out;
        }
        append_utf8(out.text, c.code >= 0x80 && c.code < 0x10000 ? c.code + plane : c.code);
        here = c.code == U'\n' ? Position{here.line + 1, 1} : Position{here.line, here.column + 1};
        text.remove_prefix(c.size);
    }
    return out;
}

// Characters of that plane can still come from escapes; those that would become surrogates stay.
bool was_moved(char32_t code) {
    const char32_t before = code - plane;
    return code >= plane + 0x80 && code < plane + 0x10000 && (before < 0xd800 || before > 0xdfff);
}

// `text` comes from toml++, which passes on nothing but UTF-8.
std::string move_back(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const Utf8Char c = first_utf8(text);
        if (c.code != not_utf8) append_utf8(out, was_moved(c.code) ? c.code - plane : c.code);
        text.remove_prefix(c.size);
    }
    return out;
}

Position position(const toml::source_region& region) { return {region.begin.line, region.begin.column}; }

Node convert(const toml::node& from);

Node::Table convert(const toml::table& from) {
    Node::Table out;
    for (const auto& [key, value] : from) {
        out.push_back({move_back(key.str()), position(key.source()), convert(value)});
    }
    // The library sorts by name; errors and warnings shall come in the order of the file.
    std::ranges::sort(out, {}, [](const Member& m) { return std::pair{m.at.line, m.at.column}; });
    return out;
}

Node convert(const toml::node& from) {
    Node node{.at = position(from.source()), .data = {}};
    if (const auto* table = from.as_table()) {
        node.data = convert(*table);
    } else if (const auto* array = from.as_array()) {
        Node::Array items;
        for (const toml::node& item : *array) items.push_back(convert(item));
        node.data = std::move(items);
    } else if (const auto* text = from.as_string()) {
        node.data = move_back(text->get());
    } else if (const auto* integer = from.as_integer()) {
        node.data = integer->get();
    } else if (const auto* number = from.as_floating_point()) {
        node.data = number->get();
    } else if (const auto* truth = from.as_boolean()) {
        node.data = truth->get();
    }
    return node;
}

} // namespace

Outcome<Node> parse_toml(std::string_view text, std::string_view file) {
    text = text.substr(text.starts_with("\xef\xbb\xbf") ? 3 : 0); // a byte order mark says nothing in UTF-8
    const Moved moved = move_out(text);
    if (moved.refused) {
        return Failure{errc::bad_config,
                       place(file, *moved.refused) + ": not UTF-8, or a character of private use"};
    }
    const toml::parse_result parsed = toml::parse(std::string_view{moved.text}, file);
    if (!parsed) {
        const toml::parse_error& error = parsed.error();
        return Failure{errc::bad_config, place(file, position(error.source())) + ": " +
                                             printable(move_back(error.description()))};
    }
    return Node{.at = {}, .data = convert(parsed.table())};
}

} // namespace cp::config
