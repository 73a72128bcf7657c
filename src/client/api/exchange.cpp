#include "api_client/exchange.hpp"

#include "config/address.hpp"
#include "config/version.hpp"
#include "net/clock.hpp"
#include "tls/read_http.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>

namespace cp::client {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr auto no_error = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t answer_max = std::size_t{96} << 20U;
constexpr Duration look_up_every =
    std::chrono::milliseconds{100}; // nobody notices that a Ctrl-C took so long

http::request<http::string_body> request_of(const HttpCall& call, std::string_view to) {
    http::request<http::string_body> request;
    request.method_string(call.method);
    request.target(call.target);
    request.version(11);
    request.set(http::field::host, to);
    request.set(http::field::user_agent, "cloudp2p/" + std::string{version});
    request.set(http::field::connection, "close");
    if (!call.content_type.empty()) request.set(http::field::content_type, call.content_type);
    if (!call.token.empty()) request.set(http::field::authorization, "Bearer " + call.token);
    request.body() = call.body;
    request.prepare_payload();
    return request;
}

constexpr std::string_view https = "https://";

// One try, on its own event loop. What it is told to do outlives it.
struct Talk {
    const HttpCall& call;
    std::string_view to; // without a scheme
    PeerAddress peer;
    asio::ip::address_v4 address;
    std::optional<tls::Context> trusted;
    tls::Stream stream;
    http::response_parser<http::string_body> parser{};
    boost::system::error_code result = asio::error::timed_out;
    bool sent = false;
};

asio::awaitable<error_code> run(Talk& talk) {
    const auto [failed] =
        co_await talk.stream.socket().async_connect({talk.address, talk.peer.port}, no_error);
    if (failed) co_return failed;
    if (talk.trusted)
        if (const auto refused = co_await talk.stream.connect(*talk.trusted, talk.peer.host))
            co_return refused;
    std::ostringstream request;
    request << request_of(talk.call, talk.to);
    const std::string text = std::move(request).str();
    talk.sent = true;
    const auto [broken, size] = co_await talk.stream.write({asio::buffer(text), asio::const_buffer{}});
    if (broken) co_return broken;
    boost::beast::flat_buffer buffer;
    talk.parser.body_limit(answer_max);
    co_return co_await tls::read_http(talk.stream, buffer, talk.parser, tls::Until::whole);
}

std::string words(const error_code& error) {
    const std::string why = tls::certificate_error(error);
    return why.empty() ? error.message() : why + " (--ca FILE names whom to trust)";
}

// Until all is done, the time is over, or nobody wants to go on.
void run_while(asio::io_context& io, Duration timeout, const std::function<bool()>& go_on) {
    const TimePoint end = net::now() + timeout;
    while (!io.stopped() && go_on()) {
        const Duration left = end - net::now();
        if (left <= Duration{}) return;
        io.run_for(std::min(left, look_up_every));
    }
}

} // namespace

Outcome<HttpAnswer> exchange(const HttpCall& call, Duration timeout, const std::function<bool()>& go_on,
                             bool* sent) {
    std::string_view to = call.to;
    if (to.starts_with(https)) to.remove_prefix(https.size());
    const auto peer = config::parse_peer(to);
    const auto address = peer ? config::parse_ipv4(peer->host) : std::nullopt;
    if (!address || peer->port == 0)
        return Failure{errc::no_leader, "'" + call.to + "' is no address of an API"};
    std::optional<tls::Context> trusted;
    if (call.to.starts_with(https)) {
        auto context = tls::Context::client(call.ca);
        if (!context) return context.error();
        trusted = std::move(*context);
    }

    asio::io_context io{1};
    Talk talk{call,
              to,
              *peer,
              asio::ip::address_v4{*address},
              std::move(trusted),
              tls::Stream{asio::ip::tcp::socket{io}}};
    asio::co_spawn(io, run(talk), [&talk](const std::exception_ptr& thrown, error_code result) {
        if (thrown) std::rethrow_exception(thrown);
        talk.result = result;
    });
    run_while(io, timeout, go_on);
    error_code ignored;
    talk.stream.socket().close(ignored); // what still waits ends with an error
    const error_code result = talk.result;
    io.restart();
    io.run();
    if (sent != nullptr) *sent = talk.sent;
    if (result)
        return Failure{errc::no_leader, "the API at " + call.to + " does not answer: " + words(result)};
    return HttpAnswer{talk.parser.get().result_int(), std::move(talk.parser.get().body())};
}

} // namespace cp::client
