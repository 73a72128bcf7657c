// Text forms of addresses in options and files. IPv4 only; no name is resolved here. Pure.
#pragma once

#include "config/config.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cp::config {

[[nodiscard]] std::optional<std::uint32_t> parse_ipv4(std::string_view); // host byte order; no short forms
[[nodiscard]] std::string ipv4_text(std::uint32_t);
[[nodiscard]] std::optional<std::uint16_t> parse_port(std::string_view); // 1..65535
[[nodiscard]] std::optional<PeerAddress> parse_peer(std::string_view);   // HOST[:PORT]
[[nodiscard]] std::string peer_text(const PeerAddress&);
[[nodiscard]] std::optional<HttpListen> parse_listen(std::string_view); // off, PORT, ADDR:PORT
[[nodiscard]] std::string listen_text(const HttpListen&);

} // namespace cp::config
