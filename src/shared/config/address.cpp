#include "config/address.hpp"

#include <algorithm>
#include <charconv>

namespace cp::config {
namespace {

template <class T>
std::optional<T> digits(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

bool is_host_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

} // namespace

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
    std::uint32_t address = 0;
    for (int part = 0; part < 4; ++part) {
        const std::size_t dot = part < 3 ? text.find('.') : text.size();
        if (dot > 3) return std::nullopt;                        // npos, too
        if (dot > 1 && text.front() == '0') return std::nullopt; // 010 is 8 to some and 10 to others
        const auto number = digits<std::uint8_t>(text.substr(0, dot));
        if (!number) return std::nullopt;
        address = address << 8U | *number;
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return address;
}

std::string ipv4_text(std::uint32_t address) {
    const std::string text = to_text(Endpoint{address, 0});
    return text.substr(0, text.find(':'));
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    const auto port = digits<std::uint16_t>(text);
    return port && *port != 0 ? port : std::nullopt;
}

std::optional<PeerAddress> parse_peer(std::string_view text) {
    PeerAddress peer;
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos) {
        const auto port = parse_port(text.substr(colon + 1));
        if (!port) return std::nullopt;
        peer.port = *port;
    }
    peer.host = text.substr(0, colon);
    const bool valid = !peer.host.empty() && peer.host.size() <= 253 && peer.host.front() != '-' &&
                       std::ranges::all_of(peer.host, is_host_char);
    return valid ? std::optional{peer} : std::nullopt;
}

std::string peer_text(const PeerAddress& peer) {
    return peer.port == 0 ? peer.host : peer.host + ':' + std::to_string(peer.port);
}

std::optional<HttpListen> parse_listen(std::string_view text) {
    HttpListen listen{.asked = true};
    if (text == "off") {
        listen.on = false;
        return listen;
    }
    const std::size_t colon = text.find(':');
    const auto port = parse_port(colon == std::string_view::npos ? text : text.substr(colon + 1));
    if (!port) return std::nullopt;
    listen.at.port = *port;
    if (colon != std::string_view::npos && text.substr(0, colon) != "localhost") {
        const auto address = parse_ipv4(text.substr(0, colon));
        if (!address) return std::nullopt;
        listen.at.address = *address;
    }
    return listen;
}

std::string listen_text(const HttpListen& listen) { return listen.on ? to_text(listen.at) : "off"; }

} // namespace cp::config
