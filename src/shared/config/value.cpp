#include "config/value.hpp"

#include "base/utf8.hpp"

#include <array>
#include <charconv>

namespace cp::config {
namespace {

std::string number_text(double number) {
    std::array<char, 40> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    return error == std::errc{} ? std::string{buffer.data(), end} : "?";
}

// A basic string of TOML. Nothing the tables hold needs more than these two escapes.
std::string toml_string(std::string_view text) {
    std::string out{'"'};
    for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

struct Writer {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return number_text(v); }
    std::string operator()(const std::string& v) const { return toml_string(v); }
    std::string operator()(const std::vector<std::string>& v) const {
        std::string out{'['};
        for (const std::string& item : v) out += (out.size() > 1 ? ", " : "") + toml_string(item);
        return out + ']';
    }
};

std::string shortened(std::string_view text) {
    constexpr std::size_t longest = 60;
    return printable(text.substr(0, longest)) + (text.size() > longest ? "…" : "");
}

} // namespace

std::string quoted(std::string_view text) { return '"' + shortened(text) + '"'; }

std::string to_text(const Value& value) { return std::visit(Writer{}, value); }

std::string shown(const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr ? quoted(*text) : shortened(to_text(value));
}

} // namespace cp::config
