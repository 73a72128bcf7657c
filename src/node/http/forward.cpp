#include "http/forward.hpp"

#include "config/address.hpp"
#include "net/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace cp::http {
namespace {

using namespace std::chrono_literals;
namespace http = boost::beast::http;
using http::field;

constexpr auto no_error = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kept_max = 64;
constexpr std::size_t answer_max = std::size_t{96}
                                   << 20U; // the largest answer of /discover_with_images, and some
constexpr auto next_leader_within = 1s;

http::request<http::string_body> passed_on(const Request& request, const std::string& to,
                                           const std::string& token) {
    http::request<http::string_body> out;
    out.method_string(request.verb);
    out.target(request.target);
    out.version(11);
    out.set(field::host, to);
    out.set(forwarded_header, "1");
    const auto copy = [&](field name, std::string_view value) {
        if (!value.empty()) out.set(name, value);
    };
    copy(field::content_type, request.content_type);
    copy(field::accept, request.accept);
    copy(field::if_none_match, request.if_none_match);
    // Whoever came this far was allowed; the leader sees only this node.
    if (!token.empty()) out.set(field::authorization, "Bearer " + token);
    out.body() = request.body;
    out.prepare_payload();
    return out;
}

Response taken_over(http::response<http::string_body>&& from) {
    Response out;
    out.status = from.result_int();
    out.type = std::string{from[field::content_type]};
    for (const field name : {field::etag, field::cache_control, field::retry_after, field::allow})
        if (from.count(name) != 0)
            out.headers.emplace_back(std::string{http::to_string(name)}, std::string{from[name]});
    out.body = std::move(from.body());
    return out;
}

} // namespace

asio::awaitable<bool> Forwarder::connect(asio::ip::tcp::socket& socket, const std::string& to) {
    const auto peer = config::parse_peer(to);
    const auto address = peer ? config::parse_ipv4(peer->host) : std::nullopt;
    if (!address || peer->port == 0) co_return false;
    const auto [error] =
        co_await socket.async_connect({asio::ip::address_v4{*address}, peer->port}, no_error);
    boost::system::error_code ignored;
    if (!error) socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
    co_return !error;
}

asio::awaitable<Forwarder::Attempt> Forwarder::try_once(const Request& request, const std::string& to,
                                                        bool fresh) {
    Attempt attempt;
    if (kept_to_ != to) {
        kept_.clear();
        kept_to_ = to;
    }
    asio::ip::tcp::socket socket{io_};
    if (!fresh && !kept_.empty()) {
        socket = std::move(kept_.back());
        kept_.pop_back();
    } else if (!co_await connect(socket, to)) {
        co_return attempt;
    }
    const auto message = passed_on(request, to, api_.token());
    attempt.sent = true;
    const auto [write_error, written] = co_await http::async_write(socket, message, no_error);
    if (write_error) co_return attempt;
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(answer_max);
    parser.skip(request.verb == "HEAD");
    const auto [read_error, read] = co_await http::async_read(socket, buffer, parser, no_error);
    if (read_error) co_return attempt;
    attempt.answered = true;
    const bool keep = parser.get().keep_alive();
    attempt.response = taken_over(parser.release());
    if (keep && kept_to_ == to && kept_.size() < kept_max) kept_.push_back(std::move(socket));
    co_return attempt;
}

asio::awaitable<Response> Forwarder::forward(const Request& request, std::string to) {
    // An upload that was sent may have been stored: once more would store it twice.
    const bool repeatable = request.route->id != web::RouteId::upload_image;
    const TimePoint end = net::now() + next_leader_within;
    for (bool fresh = false;; fresh = true) {
        Attempt attempt = co_await try_once(request, to, fresh);
        const auto view = api_.current();
        // 403 and 503: it does not lead any more, or not yet.
        const bool refused =
            attempt.answered && (attempt.response.status == 403 || attempt.response.status == 503);
        if (attempt.answered && !refused) co_return std::move(attempt.response);
        if (!refused && attempt.sent && fresh && !repeatable) break;
        if (net::now() >= end) {
            if (attempt.answered) co_return std::move(attempt.response);
            break;
        }
        if (view->leads) {
            Request here = request;
            co_return co_await api_.answer(here);
        }
        if (fresh || refused) co_await api_.changed(std::min(end, net::now() + 20ms));
        if (const auto now = api_.current(); now->leader && !now->leader_api.empty()) to = now->leader_api;
    }
    Response response = refusal(502, "the leader at " + to + " did not answer");
    response.headers.emplace_back("Retry-After", "1");
    co_return response;
}

} // namespace cp::http
