#include "web/names.hpp"

#include "base/bytes.hpp"
#include "base/ids.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace cp::web {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alnum(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_word(char c) { return is_alnum(c) || c == '.' || c == '_' || c == '-'; }
constexpr bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_port(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && text.size() <= 5 && port >= 1 &&
           port <= 65'535;
}

bool is_host(std::string_view text) {
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
        const auto inside = text.substr(1, text.size() - 2);
        return std::ranges::all_of(inside, [](char c) { return is_hex(c) || c == ':' || c == '.'; });
    }
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '.' || c == '-'; });
}

} // namespace

bool is_user(std::string_view text) {
    return !text.empty() && text.size() <= user_max && text != "." && text != ".." &&
           std::ranges::all_of(text, is_word);
}

bool is_image_name(std::string_view text) {
    return !text.empty() && text.size() <= image_name_max && text.front() != '.' &&
           std::ranges::all_of(text, is_word);
}

bool is_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    return text.size() <= address_max && colon != std::string_view::npos && is_host(text.substr(0, colon)) &&
           is_port(text.substr(colon + 1));
}

std::string image_name(std::uint64_t unix_seconds, std::uint32_t random, std::string_view extension) {
    std::array<std::byte, 4> bytes{};
    ByteWriter{bytes}.u32(random);
    return std::to_string(unix_seconds) + '-' + to_hex(bytes) + '.' + std::string{extension};
}

std::optional<std::uint64_t> image_time(std::string_view name) {
    std::uint64_t seconds = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), seconds);
    if (error != std::errc{} || end == name.data() + name.size() || *end != '-') return std::nullopt;
    return seconds;
}

std::string_view content_type_of(std::string_view name) {
    if (name.ends_with(".png")) return "image/png";
    if (name.ends_with(".jpg") || name.ends_with(".jpeg")) return "image/jpeg";
    if (name.ends_with(".webp")) return "image/webp";
    return "application/octet-stream";
}

} // namespace cp::web
