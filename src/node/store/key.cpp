#include "store/key.hpp"

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <array>

namespace cp::store {
namespace {

// Files of the engines themselves: temporaries (files/files.hpp), locks, markers.
constexpr std::string_view own_prefix = ".cloudp2p-";

bool is_component(std::string_view component) {
    return !component.empty() && component.size() <= key_component_max && component != "." &&
           component != ".." && !component.starts_with(own_prefix);
}

bool is_clean_text(std::string_view text) {
    while (!text.empty()) {
        const Utf8Char c = first_utf8(text);
        if (c.code == not_utf8 || is_control(c.code)) return false;
        text.remove_prefix(c.size);
    }
    return true;
}

constexpr bool is_plain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
}

std::string plain(std::string_view text) {
    std::string out{text};
    std::ranges::replace_if(
        out, [](char c) { return !is_plain(c); }, '-');
    return out;
}

} // namespace

bool is_key(std::string_view key) {
    if (key.empty() || key.size() > key_max || !is_clean_text(key)) return false;
    for (;;) {
        const std::size_t slash = key.find('/');
        if (!is_component(key.substr(0, slash))) return false;
        if (slash == std::string_view::npos) return true;
        key.remove_prefix(slash + 1);
    }
}

bool is_key_prefix(std::string_view prefix) {
    if (prefix.ends_with('/')) prefix.remove_suffix(1);
    return prefix.empty() || is_key(prefix);
}

std::string result_key(std::string_view user, std::string_view task, std::string_view extension) {
    std::string key = "results/";
    key += user;
    key += '/';
    key += task;
    key += '.';
    key += extension;
    return key;
}

std::string req_id_text(std::uint64_t req_id) {
    std::array<std::byte, 8> bytes{};
    ByteWriter{bytes}.u64(req_id);
    return to_hex(bytes);
}

std::string send_image_key(std::uint64_t req_id, std::string_view client_addr, std::uint64_t unix_seconds,
                           std::string_view extension) {
    return req_id_text(req_id) + '_' + plain(client_addr) + '_' + std::to_string(unix_seconds) + '.' +
           plain(extension);
}

} // namespace cp::store
