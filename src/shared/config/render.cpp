#include "config/key.hpp"

#include <algorithm>

namespace cp::config {
namespace {

constexpr std::size_t line_width = 100;

// `text` as comment lines, broken at spaces.
std::string comment(std::string_view text) {
    std::string out;
    std::string line{"#"};
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (line.size() + 1 + end > line_width) {
            out += line + '\n';
            line = "#";
        }
        line += ' ';
        line += text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out + line + '\n';
}

} // namespace

std::string render_toml(const Config& config, std::string_view headline,
                        std::span<const std::string_view> explicit_keys) {
    std::string out = comment(headline);
    std::string_view section;
    for (const Key& key : keys()) {
        if (key.section != section) {
            section = key.section;
            out += "\n[" + std::string{section} + "]\n";
        }
        const bool automatic = key.automatic && std::ranges::count(explicit_keys, dotted(key)) == 0;
        out += comment(key.doc) + std::string{key.name} + " = " +
               to_text(automatic ? *key.automatic : key.get(config)) + '\n';
    }
    return out;
}

} // namespace cp::config
