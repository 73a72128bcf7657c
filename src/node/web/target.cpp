#include "web/target.hpp"

#include <algorithm>

namespace cp::web {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// The text up to `mark`, cut off from `rest` together with the mark.
std::string_view cut(std::string_view& rest, char mark) {
    const std::size_t at = rest.find(mark);
    const std::string_view head = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
    return head;
}

Result<std::vector<std::string>> parse_path(std::string_view path) {
    std::vector<std::string> out;
    if (path.empty() || path.front() != '/') return errc::bad_field;
    path.remove_prefix(1);
    if (path.empty()) return out;
    const auto count = static_cast<std::size_t>(std::ranges::count(path, '/')) + 1;
    if (count > segments_max) return errc::too_large;
    for (std::size_t i = 0; i < count; ++i) {
        auto segment = percent_decoded(cut(path, '/'), false);
        if (!segment) return segment.error();
        if (*segment == "." || *segment == ".." || segment->find_first_of("/\\") != std::string::npos)
            return errc::bad_field;
        out.push_back(std::move(*segment));
    }
    return out;
}

} // namespace

const std::string* Target::parameter(std::string_view name) const {
    const auto found =
        std::ranges::find(query, name, [](const auto& pair) { return std::string_view{pair.first}; });
    return found == query.end() ? nullptr : &found->second;
}

Result<std::string> percent_decoded(std::string_view text, bool plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0) return errc::bad_field;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (is_control(c)) return errc::bad_field;
        out.push_back(c);
    }
    return out;
}

Result<Target> parse_target(std::string_view text) {
    if (text.size() > target_max) return errc::too_large;
    Target target;
    auto segments = parse_path(cut(text, '?'));
    if (!segments) return segments.error();
    target.segments = std::move(*segments);
    while (!text.empty()) {
        std::string_view pair = cut(text, '&');
        if (pair.empty()) continue;
        if (target.query.size() == parameters_max) return errc::too_large;
        auto name = percent_decoded(cut(pair, '='), true);
        auto value = percent_decoded(pair, true);
        if (!name || !value) return errc::bad_field;
        target.query.emplace_back(std::move(*name), std::move(*value));
    }
    return target;
}

} // namespace cp::web
