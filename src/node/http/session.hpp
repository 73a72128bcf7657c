// What serve() runs: one connection's requests, one after another. In files by subject: connection.cpp (the
// order of things, and answers), read_request.cpp (heads and bodies, within their bounds), event_stream.cpp.
// Private to http.
#pragma once

#include "http/connection.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cp::http {

class Session {
public:
    Session(std::shared_ptr<Connection> connection, Shared& shared)
        : connection_{std::move(connection)}, shared_{shared}, stream_{connection_->stream} {}

    asio::awaitable<void> run();

private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

    // The share of Limits::bodies that one request or answer takes of what all take. One alone always fits.
    class Room {
    public:
        Room(std::size_t& all, const Limits& limits) : all_{all}, limits_{limits} {}
        ~Room() { all_ -= taken_; }
        Room(const Room&) = delete;
        Room& operator=(const Room&) = delete;
        [[nodiscard]] bool take(std::size_t bytes);

    private:
        std::size_t& all_;
        const Limits& limits_;
        std::size_t taken_ = 0;
    };

    asio::awaitable<bool> begin_tls();
    asio::awaitable<bool> one_request(); // false: nothing more on this connection
    asio::awaitable<void> linger();

    // --- read_request.cpp
    asio::awaitable<bool> read_head(Parser&);
    void fill(Request&, const Parser&) const;
    [[nodiscard]] std::optional<Response> admit(Request&, const Parser&);
    // True when the next request begins where this one's head ended, or could be made to.
    asio::awaitable<bool> skip_body(Parser&);
    asio::awaitable<bool> read_body(Parser&, Request&, Room&);
    [[nodiscard]] std::string too_large(const Request&) const;

    // --- answers
    asio::awaitable<bool> say(unsigned status, std::string message, std::string_view route);
    asio::awaitable<bool> send(const Response&, std::string_view route);
    void write_head(const Response&, std::optional<std::size_t> length);
    [[nodiscard]] static std::string_view route_name(const Request& request) {
        return request.route != nullptr ? request.route->pattern : std::string_view{"none"};
    }

    // --- event_stream.cpp
    // Server-sent events: what happened since Last-Event-ID, then what happens, and the live view in between.
    asio::awaitable<bool> stream(const Request&, Response);
    asio::awaitable<void> pump(const Request&);

    std::shared_ptr<Connection> connection_;
    Shared& shared_;
    tls::Stream& stream_;
    boost::beast::flat_buffer buffer_{128 * 1024};
    std::string head_;
    TimePoint begun_{};
    bool keep_ = true;
    bool is_head_ = false;
    bool unread_ = false; // bytes of a request were left unread
};

} // namespace cp::http
