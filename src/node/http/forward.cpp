#include "http/forward.hpp"

#include "config/address.hpp"
#include "net/clock.hpp"
#include "tls/read_http.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <utility>

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
constexpr auto attempt_within = 25s;  // less than who asks has to wait (Limits::answer_time)
constexpr auto last_word_within = 1s; // of who does not lead any more

constexpr std::string_view https = "https://";

// The head; the body is that of the request.
std::string head_of(const Request& request, std::string_view to, const std::string& token) {
    std::string out{request.verb};
    out += ' ';
    out += request.target;
    out += " HTTP/1.1\r\n";
    const auto header = [&out](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        out += name;
        out += ": ";
        out += value; // as Beast read it: without line ends
        out += "\r\n";
    };
    header("Host", to);
    header(forwarded_header, "1");
    header("Content-Type", request.content_type);
    header("Accept", request.accept);
    header("If-None-Match", request.if_none_match);
    // Whoever came this far was allowed; the leader sees only this node.
    if (!token.empty()) header("Authorization", "Bearer " + token);
    header("Content-Length", std::to_string(request.body.size()));
    return out + "\r\n";
}

std::string_view without_scheme(std::string_view to) {
    return to.starts_with(https) ? to.substr(https.size()) : to;
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

// Why not, in words for who asked; empty: connected.
asio::awaitable<std::string> Forwarder::connect(tls::Stream& stream, std::string_view to) {
    const bool encrypted = to.starts_with(https);
    if (encrypted) to.remove_prefix(https.size());
    if (encrypted != trusted_.has_value())
        co_return encrypted ? "it speaks HTTPS, and this node does not: give all nodes http.cert and http.key"
                            : "it speaks HTTP in the clear, and this node HTTPS: give all nodes http.cert";
    const auto peer = config::parse_peer(to);
    const auto address = peer ? config::parse_ipv4(peer->host) : std::nullopt;
    if (!address || peer->port == 0) co_return "its API address is not known";
    const auto [error] =
        co_await stream.socket().async_connect({asio::ip::address_v4{*address}, peer->port}, no_error);
    if (error) co_return error.message();
    boost::system::error_code ignored;
    stream.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
    if (!encrypted) co_return std::string{};
    const auto refused = co_await stream.connect(*trusted_, peer->host);
    const std::string why = refused ? tls::certificate_error(refused) : std::string{};
    if (!why.empty()) co_return why + ": give all nodes one certificate, or certificates of one issuer";
    co_return refused ? refused.message() : std::string{};
}

std::shared_ptr<Forwarder::Trip> Forwarder::begin(const std::string& to, bool fresh) {
    if (kept_to_ != to) {
        kept_.clear();
        kept_to_ = to;
    }
    tls::Stream stream{asio::ip::tcp::socket{io_}};
    if (!fresh && !kept_.empty()) {
        stream = std::move(kept_.back());
        kept_.pop_back();
    }
    auto trip = std::make_shared<Trip>(Trip{std::move(stream), to, net::now() + attempt_within});
    underway_.push_back(trip);
    return trip;
}

void Forwarder::sweep(TimePoint now) {
    const auto view = api_.current();
    std::erase_if(underway_, [&](const std::weak_ptr<Trip>& known) {
        const auto trip = known.lock();
        if (!trip) return true;
        // Somebody else leads: what the old one has not said soon it will hardly say.
        if (view->leader && view->leader_url() != trip->to)
            trip->until = std::min(trip->until, now + last_word_within);
        if (now < trip->until) return false;
        boost::system::error_code ignored;
        trip->stream.socket().close(ignored); // what it waits for fails now
        return true;
    });
}

asio::awaitable<Forwarder::Attempt> Forwarder::try_once(const Request& request, const std::string& to,
                                                        bool fresh) {
    Attempt attempt;
    const auto trip = begin(to, fresh);
    if (!trip->stream.socket().is_open()) attempt.why = co_await connect(trip->stream, to);
    if (attempt.why.empty()) co_await exchange(request, *trip, attempt);
    co_return attempt;
}

asio::awaitable<void> Forwarder::exchange(const Request& request, Trip& trip, Attempt& attempt) {
    const std::string head = head_of(request, without_scheme(trip.to), api_.token());
    attempt.sent = true;
    const auto [write_error, written] =
        co_await trip.stream.write({asio::buffer(head), asio::buffer(request.body)});
    if (write_error) co_return;
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(answer_max);
    parser.skip(request.verb == "HEAD");
    if (co_await tls::read_http(trip.stream, buffer, parser, tls::Until::whole)) co_return;
    attempt.answered = true;
    const bool keep = parser.get().keep_alive() && trip.stream.socket().is_open();
    attempt.response = taken_over(parser.release());
    if (!keep || kept_to_ != trip.to || kept_.size() >= kept_max) co_return;
    trip.until = never;
    kept_.push_back(std::exchange(trip.stream, tls::Stream{asio::ip::tcp::socket{io_}}));
}

asio::awaitable<Response> Forwarder::forward(const Request& request, std::string to) {
    // An upload that was sent may have been stored: once more would store it twice.
    const bool repeatable = request.route->id != web::RouteId::upload_image;
    const TimePoint end = net::now() + next_leader_within;
    std::string why;
    // A kept connection may have ended meanwhile, and then nobody knows whether the upload arrived.
    for (bool fresh = !repeatable;; fresh = true) {
        Attempt attempt = co_await try_once(request, to, fresh);
        why = attempt.why;
        const auto view = api_.current();
        // 403 and 503: it does not lead any more, or not yet.
        const bool refused =
            attempt.answered && (attempt.response.status == 403 || attempt.response.status == 503);
        if (attempt.answered && !refused) co_return std::move(attempt.response);
        if (!refused && attempt.sent && fresh && !repeatable) break;
        const bool another =
            view->leads || (view->leader && !view->leader_api.empty() && view->leader_url() != to);
        if (net::now() >= end && !another) {
            if (attempt.answered) co_return std::move(attempt.response);
            break;
        }
        if (view->leads) {
            Request here = request;
            co_return co_await api_.answer(here);
        }
        if (fresh || refused) co_await api_.changed(std::min(end, net::now() + 20ms));
        if (const auto now = api_.current(); now->leader && !now->leader_api.empty()) to = now->leader_url();
    }
    Response response =
        refusal(502, "the leader at " + to + " did not answer" + (why.empty() ? "" : ": " + why));
    response.headers.emplace_back("Retry-After", "1");
    co_return response;
}

} // namespace cp::http
