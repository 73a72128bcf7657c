#include "store/percent.hpp"

#include <algorithm>

namespace cp::store {
namespace {

constexpr bool is_unreserved(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

std::string encoded(std::string_view text, std::string_view also_kept) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (char c : text) {
        if (is_unreserved(c) || also_kept.find(c) != std::string_view::npos) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

} // namespace

std::string percent_encoded(std::string_view text) { return encoded(text, {}); }

std::string path_encoded(std::string_view key) { return encoded(key, "/"); }

std::string query_text(Query query) {
    for (auto& [name, value] : query) {
        name = percent_encoded(name);
        value = percent_encoded(value);
    }
    std::ranges::sort(query);
    std::string out;
    for (const auto& [name, value] : query) {
        if (!out.empty()) out += '&';
        out += name;
        out += '=';
        out += value;
    }
    return out;
}

} // namespace cp::store
