#include "api_client/exchange.hpp"

#include "config/address.hpp"
#include "config/version.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace cp::client {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t answer_max = std::size_t{96} << 20U;

http::request<http::string_body> request_of(const HttpCall& call) {
    http::request<http::string_body> request;
    request.method_string(call.method);
    request.target(call.target);
    request.version(11);
    request.set(http::field::host, call.to);
    request.set(http::field::user_agent, "cloudp2p/" + std::string{version});
    request.set(http::field::connection, "close");
    if (!call.content_type.empty()) request.set(http::field::content_type, call.content_type);
    if (!call.token.empty()) request.set(http::field::authorization, "Bearer " + call.token);
    request.body() = call.body;
    request.prepare_payload();
    return request;
}

} // namespace

Outcome<HttpAnswer> exchange(const HttpCall& call, Duration timeout, bool* sent) {
    const auto peer = config::parse_peer(call.to);
    const auto address = peer ? config::parse_ipv4(peer->host) : std::nullopt;
    if (!address || peer->port == 0)
        return Failure{errc::no_leader, "'" + call.to + "' is no address of an API"};

    asio::io_context io{1};
    boost::beast::tcp_stream stream{io};
    stream.expires_after(timeout);
    const auto request = request_of(call);
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(answer_max);
    error_code result = asio::error::would_block;
    // A chain of callbacks: small enough, and the caller's thread is the only one.
    stream.async_connect({asio::ip::address_v4{*address}, peer->port}, [&](error_code failed) {
        result = failed;
        if (failed) return;
        if (sent != nullptr) *sent = true;
        http::async_write(stream, request, [&](error_code broken, std::size_t) {
            result = broken;
            if (broken) return;
            http::async_read(stream, buffer, parser, [&](error_code ended, std::size_t) { result = ended; });
        });
    });
    io.run();
    if (result)
        return Failure{errc::no_leader, "the API at " + call.to + " does not answer: " + result.message()};
    return HttpAnswer{parser.get().result_int(), std::move(parser.get().body())};
}

} // namespace cp::client
