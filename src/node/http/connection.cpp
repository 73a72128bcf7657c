#include "http/connection.hpp"

#include "http/forward.hpp"
#include "net/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <array>

namespace cp::http {
namespace {

using namespace std::chrono_literals;
namespace beast = boost::beast;
using Parser = beast::http::request_parser<beast::http::string_body>;
using beast::http::field;

constexpr auto no_error = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t drain_max = 64 * 1024; // of a refused request's body, read to keep the connection
constexpr auto frame_gap = 250ms;            // between two frames of the live view
constexpr auto ping_gap = 15s;

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

class Session {
public:
    Session(std::shared_ptr<Connection> connection, Shared& shared)
        : connection_{std::move(connection)}, shared_{shared}, socket_{connection_->socket} {}

    asio::awaitable<void> run() {
        boost::system::error_code ignored;
        socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
        while (co_await one_request()) {
        }
        socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        if (unread_) co_await linger();
        socket_.close(ignored);
    }

private:
    // False: nothing more on this connection.
    asio::awaitable<bool> one_request() {
        Parser parser;
        parser.header_limit(static_cast<std::uint32_t>(shared_.limits.head));
        parser.body_limit(boost::none); // by Content-Length below; of chunks, in read_body
        if (!co_await read_head(parser)) co_return false;
        begun_ = net::now();
        const auto& head = parser.get();
        Request request;
        fill(request, parser);
        keep_ = head.keep_alive() && !connection_->draining;
        is_head_ = head.method() == beast::http::verb::head;

        std::string forward_to;
        std::optional<Response> refused = admit(request, parser);
        if (!refused) {
            connection_->deadline = net::now() + shared_.limits.answer_time;
            refused = co_await shared_.api.leader_check(request, forward_to);
        }
        if (refused) {
            if (!co_await skip_body(parser)) unread_ = true, keep_ = false;
            co_return co_await send(*refused, route_name(request)) && keep_;
        }
        if (!co_await read_body(parser, request)) co_return false;
        connection_->deadline = net::now() + shared_.limits.answer_time;
        Response response; // GCC 12 destroys twice what a conditional operator awaits
        if (forward_to.empty())
            response = co_await shared_.api.answer(request);
        else
            response = co_await shared_.forwarder.forward(request, forward_to);
        if (response.events) co_return co_await stream(request, std::move(response));
        co_return co_await send(response, route_name(request)) && keep_;
    }

    asio::awaitable<bool> read_head(Parser& parser) {
        connection_->idle = buffer_.size() == 0;
        connection_->deadline =
            net::now() + (connection_->idle ? shared_.limits.idle : shared_.limits.head_time);
        if (connection_->idle) { // the first byte: from here on the time of the head counts
            const auto [error, size] = co_await socket_.async_read_some(buffer_.prepare(4096), no_error);
            if (error) co_return false;
            buffer_.commit(size);
            connection_->idle = false;
            connection_->deadline = net::now() + shared_.limits.head_time;
        }
        const auto [error, size] =
            co_await beast::http::async_read_header(socket_, buffer_, parser, no_error);
        if (!error) co_return true;
        if (error == beast::http::error::end_of_stream || error == beast::http::error::partial_message ||
            !socket_.is_open())
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

    static std::string_view route_name(const Request& request) {
        return request.route != nullptr ? request.route->pattern : std::string_view{"none"};
    }

    void fill(Request& request, const Parser& parser) const {
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

    std::optional<Response> admit(Request& request, const Parser& parser) {
        if (parser.get().count(field::host) > 1) return refusal(400, "two Host headers");
        if (auto refused = shared_.api.admit(request)) return refused;
        if (parser.content_length().value_or(0) > shared_.api.body_limit(*request.route))
            return refusal(413, too_large(request));
        return std::nullopt;
    }

    std::string too_large(const Request& request) const {
        return "the body is too large: at most " + std::to_string(shared_.api.body_limit(*request.route)) +
               " bytes";
    }

    asio::awaitable<bool> say(unsigned status, std::string message, std::string_view route) {
        const Response response = refusal(status, message); // named: see on_worker.hpp
        co_return co_await send(response, route);
    }

    // True when the next request begins where this one's head ended, or could be made to.
    asio::awaitable<bool> skip_body(Parser& parser) {
        if (parser.is_done()) co_return true;
        if (parser.chunked() || parser.content_length().value_or(0) > drain_max || expects_continue(parser))
            co_return false;
        connection_->deadline = net::now() + shared_.limits.head_time;
        const auto [error, size] = co_await beast::http::async_read(socket_, buffer_, parser, no_error);
        co_return !error;
    }

    static bool expects_continue(const Parser& parser) {
        return beast::iequals(parser.get()[field::expect], "100-continue");
    }

    asio::awaitable<bool> read_body(Parser& parser, Request& request) {
        if (parser.is_done()) co_return true;
        connection_->deadline = net::now() + shared_.limits.body_time;
        if (expects_continue(parser)) {
            static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(go_on), no_error);
            if (error) co_return false;
        }
        parser.body_limit(shared_.api.body_limit(*request.route));
        const auto [error, size] = co_await beast::http::async_read(socket_, buffer_, parser, no_error);
        if (error) {
            keep_ = false;
            unread_ = true;
            if (connection_->timed_out)
                co_await say(408, "the body took too long", route_name(request));
            else if (error == beast::http::error::body_limit)
                co_await say(413, too_large(request), route_name(request));
            else if (socket_.is_open() && error != beast::http::error::partial_message)
                co_await say(400, "the body cannot be read: " + error.message(), route_name(request));
            co_return false;
        }
        request.body = std::move(parser.get().body());
        shared_.api.metrics().bytes(request.body.size(), 0);
        co_return true;
    }

    void write_head(const Response& response, std::optional<std::size_t> length) {
        head_.assign("HTTP/1.1 ");
        head_ += std::to_string(response.status);
        head_ += ' ';
        head_ += reason(response.status);
        head_ += "\r\nContent-Type: ";
        head_ += response.type;
        head_ += "\r\nDate: ";
        head_ += shared_.date;
        head_ += "\r\nX-Content-Type-Options: nosniff\r\n";
        bool cached = false;
        for (const auto& [name, value] : response.headers) {
            cached = cached || name == "Cache-Control";
            head_ += name;
            head_ += ": ";
            head_ += value;
            head_ += "\r\n";
        }
        if (!cached) head_ += "Cache-Control: no-store\r\n";
        if (!keep_) head_ += "Connection: close\r\n";
        if (length) {
            head_ += "Content-Length: ";
            head_ += std::to_string(*length);
            head_ += "\r\n";
        }
        head_ += "\r\n";
    }

    asio::awaitable<bool> send(const Response& response, std::string_view route) {
        if (response.close) keep_ = false;
        const std::string_view body =
            response.bytes ? as_text(response.bytes.view()) : std::string_view{response.body};
        write_head(response, body.size());
        const bool with_body = !is_head_ && response.status != 304;
        if (!connection_->timed_out) connection_->deadline = net::now() + shared_.limits.answer_time;
        const std::array<asio::const_buffer, 2> parts{asio::buffer(head_),
                                                      with_body ? asio::buffer(body) : asio::const_buffer{}};
        const auto [error, size] = co_await asio::async_write(socket_, parts, no_error);
        shared_.api.metrics().bytes(0, with_body ? body.size() : 0);
        shared_.api.metrics().request(route, response.status, net::now() - begun_);
        co_return !error;
    }

    // Server-sent events: what happened since Last-Event-ID, then what happens, and the live view in between.
    asio::awaitable<bool> stream(const Request& request, Response response) {
        if (shared_.streams >= shared_.limits.streams) {
            Response full = refusal(503, "too many streams of events");
            full.headers.emplace_back("Retry-After", "5");
            co_return co_await send(full, route_name(request)) && keep_;
        }
        ++shared_.streams;
        keep_ = false;
        write_head(response, std::nullopt);
        if (!is_head_) co_await pump(request);
        --shared_.streams;
        co_return false;
    }

    asio::awaitable<void> pump(const Request& request) {
        Api& api = shared_.api;
        std::uint64_t last = api.ring().last();
        if (!request.last_event_id.empty()) {
            const std::string id{request.last_event_id.substr(0, 20)};
            last = std::strtoull(id.c_str(), nullptr, 10);
        } else if (const std::string* wanted = request.path.parameter("history")) {
            last = api.ring().before_last(std::strtoull(wanted->c_str(), nullptr, 10));
        }
        std::shared_ptr<const ClusterView> shown;
        TimePoint next_frame = net::now();
        TimePoint written = net::now();
        std::string text = std::move(head_);
        text += "retry: 500\n\n";
        while (!connection_->draining) {
            const auto missed = api.ring().after(last);
            if (!missed) text += "event: resync\ndata: {}\n\n";
            for (const auto& event : missed.value_or(std::vector<web::Event>{})) text += web::sse_text(event);
            last = api.ring().last();
            const TimePoint now = net::now();
            if (now >= next_frame && api.current() != shown) {
                shown = api.current();
                next_frame = now + frame_gap;
                text += "event: state\ndata: " + api.state_json() + "\n\n";
            }
            if (text.empty() && now - written >= ping_gap) text = ": still here\n\n";
            if (!text.empty()) {
                connection_->deadline = now + shared_.limits.answer_time;
                const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(text), no_error);
                if (error) co_return;
                written = net::now();
                text.clear();
            }
            connection_->deadline = never;
            co_await api.changed(net::now() + frame_gap);
        }
    }

    // The peer may still be sending what we refused to read; closing now would destroy our answer on its way.
    asio::awaitable<void> linger() {
        connection_->deadline = net::now() + 1s;
        std::array<char, 4096> sink{};
        for (std::size_t read = 0; read < (std::size_t{4} << 20U);) {
            const auto [error, size] = co_await socket_.async_read_some(asio::buffer(sink), no_error);
            if (error) co_return;
            read += size;
        }
    }

    std::shared_ptr<Connection> connection_;
    Shared& shared_;
    asio::ip::tcp::socket& socket_;
    beast::flat_buffer buffer_{128 * 1024};
    std::string head_;
    TimePoint begun_{};
    bool keep_ = true;
    bool is_head_ = false;
    bool unread_ = false; // bytes of a request were left unread
};

} // namespace

asio::awaitable<void> serve(std::shared_ptr<Connection> connection, Shared& shared) {
    Session session{std::move(connection), shared};
    co_await session.run();
}

} // namespace cp::http
