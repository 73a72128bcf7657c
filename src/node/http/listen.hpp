// The HTTP port: the one that was asked for, or the first free one from the default on.
#pragma once

#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "config/config.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace cp::http {

inline constexpr std::uint16_t last_default_port = 3099;

// Errors: no_network, with the address and what to do.
[[nodiscard]] Outcome<boost::asio::ip::tcp::acceptor> listen(boost::asio::io_context&, const HttpListen&);
[[nodiscard]] Endpoint local_endpoint(const boost::asio::ip::tcp::acceptor&);

} // namespace cp::http
