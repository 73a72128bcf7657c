// Session: a request's head and body, each within its bounds of bytes and time.
#include "http/answers.hpp"
#include "http/forward.hpp"
#include "http/session.hpp"
#include "net/clock.hpp"
#include "tls/read_http.hpp"

namespace cp::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;
using tls::Until;

constexpr std::size_t drain_max = 64 * 1024; // of a refused request's body, read to keep the connection

web::Method method_of(beast::http::verb verb) {
    switch (verb) {
    case beast::http::verb::get:
    case beast::http::verb::head: return web::Method::get;
    case beast::http::verb::post: return web::Method::post;
    case beast::http::verb::put: return web::Method::put;
    default: return web::Method::other;
    }
}

std::string_view view_of(beast::string_view text) { return {text.data(), text.size()}; }

bool expects_continue(const beast::http::fields& head) {
    return beast::iequals(head[field::expect], "100-continue");
}

bool is_chunked(const beast::http::request_header<>& head) {
    return head.version() >= 11 && head.count(field::transfer_encoding) == 1 &&
           beast::iequals(head[field::transfer_encoding], "chunked");
}

} // namespace

asio::awaitable<bool> Session::read_head(Parser& parser) {
    connection_->idle = buffer_.size() == 0;
    connection_->deadline = net::now() + (connection_->idle ? shared_.limits.idle : shared_.limits.head_time);
    if (connection_->idle) { // the first byte: from here on the time of the head counts
        const auto [error, size] = co_await stream_.read_some(buffer_.prepare(4096));
        if (error) co_return false;
        buffer_.commit(size);
        connection_->idle = false;
        connection_->deadline = net::now() + shared_.limits.head_time;
    }
    connection_->unfinished = true;
    const auto error = co_await tls::read_http(stream_, buffer_, parser, Until::head);
    if (!error) co_return true;
    if (error == beast::http::error::end_of_stream || error == beast::http::error::partial_message ||
        !stream_.socket().is_open())
        co_return false;
    keep_ = false;
    unread_ = true;
    if (connection_->timed_out)
        co_await say(408, "the head of the request took too long", "none");
    else if (error == beast::http::error::header_limit || error == beast::http::error::buffer_overflow)
        co_await say(431, "the head of the request is too large", "none");
    else if (error.category() == beast::http::make_error_code(beast::http::error::bad_method).category())
        co_await say(400, "not an HTTP request: " + error.message(), "none");
    co_return false;
}

void Session::fill(Request& request, const Parser& parser) const {
    const auto& head = parser.get();
    request.method = method_of(head.method());
    request.verb = view_of(head.method_string());
    request.target = view_of(head.target());
    request.peer = connection_->peer;
    request.host = view_of(head[field::host]);
    request.origin = view_of(head[field::origin]);
    request.authorization = view_of(head[field::authorization]);
    request.cookie = view_of(head[field::cookie]);
    request.accept = view_of(head[field::accept]);
    request.content_type = view_of(head[field::content_type]);
    request.if_none_match = view_of(head[field::if_none_match]);
    request.last_event_id = view_of(head["Last-Event-ID"]);
    request.task_token = view_of(head["X-Task-Token"]);
    request.forwarded = view_of(head[forwarded_header]);
}

std::optional<Response> Session::admit(Request& request, const Parser& parser) {
    if (parser.get().count(field::host) > 1) return refusal(400, "two Host headers");
    // Of any other coding nobody can tell where the body ends and the next request begins.
    if (parser.get().count(field::transfer_encoding) > 0 && !is_chunked(parser.get())) {
        Response response = refusal(400, "Transfer-Encoding: chunked, or none");
        response.close = true;
        return response;
    }
    if (auto refused = shared_.api.admit(request)) return refused;
    if (parser.content_length().value_or(0) > shared_.api.body_limit(*request.route))
        return refusal(413, too_large(request));
    return std::nullopt;
}

std::string Session::too_large(const Request& request) const {
    return "the body is too large: at most " + std::to_string(shared_.api.body_limit(*request.route)) +
           " bytes";
}

asio::awaitable<bool> Session::skip_body(Parser& parser) {
    if (parser.is_done()) co_return true;
    if (parser.chunked() || parser.content_length().value_or(0) > drain_max || expects_continue(parser.get()))
        co_return false;
    connection_->deadline = net::now() + shared_.limits.head_time;
    co_return !(co_await tls::read_http(stream_, buffer_, parser, Until::whole));
}

asio::awaitable<bool> Session::read_body(Parser& parser, Request& request, Room& room) {
    // An empty body may still have to be parsed to its end.
    const std::size_t limit = shared_.api.body_limit(*request.route);
    const std::size_t size = std::min<std::size_t>(parser.content_length().value_or(limit), limit);
    if (!parser.is_done() && !room.take(size)) {
        keep_ = false;
        unread_ = true;
        const Response busy = try_again("too many large requests at once: try again");
        co_await send(busy, route_name(request));
        co_return false;
    }
    connection_->deadline = net::now() + shared_.limits.body_time + shared_.limits.time_of(size);
    if (!parser.is_done() && expects_continue(parser.get())) {
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        const auto [error, sent] = co_await stream_.write({asio::buffer(go_on), asio::const_buffer{}});
        if (error) co_return false;
    }
    parser.body_limit(limit);
    if (const auto error = co_await tls::read_http(stream_, buffer_, parser, Until::whole)) {
        keep_ = false;
        unread_ = true;
        if (connection_->timed_out)
            co_await say(408, "the body took too long", route_name(request));
        else if (error == beast::http::error::body_limit)
            co_await say(413, too_large(request), route_name(request));
        else if (stream_.socket().is_open() && error != beast::http::error::partial_message)
            co_await say(400, "the body cannot be read: " + error.message(), route_name(request));
        co_return false;
    }
    request.body = std::move(parser.get().body());
    shared_.api.metrics().bytes(request.body.size(), 0);
    co_return true;
}

} // namespace cp::http
