#include "http/connection.hpp"

#include "http/answers.hpp"
#include "http/forward.hpp"
#include "http/session.hpp"
#include "net/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>

namespace cp::http {
namespace {

using namespace std::chrono_literals;

constexpr auto no_error = asio::as_tuple(asio::use_awaitable);
constexpr std::byte tls_handshake{0x16}; // what a TLS client's first byte is, and no method's

} // namespace

asio::awaitable<void> Session::run() {
    boost::system::error_code ignored;
    stream_.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
    bool more = true;
    if (shared_.tls) more = co_await begin_tls();
    while (more) more = co_await one_request();
    connection_->deadline = net::now() + 1s;
    co_await stream_.end();
    if (unread_) co_await linger();
    stream_.socket().close(ignored);
}

// Who speaks HTTP in the clear is told so, in the clear.
asio::awaitable<bool> Session::begin_tls() {
    std::byte first{};
    auto& socket = stream_.socket();
    const auto [failed, size] =
        co_await socket.async_receive(asio::buffer(&first, 1), asio::ip::tcp::socket::message_peek, no_error);
    if (failed) co_return false;
    connection_->idle = false;
    connection_->unfinished = true;
    connection_->deadline = net::now() + shared_.limits.head_time;
    if (first == tls_handshake) co_return !(co_await stream_.accept(*shared_.tls));
    unread_ = true;
    keep_ = false;
    co_await say(400, "this port speaks HTTPS: ask for https://", "none");
    co_return false;
}

bool Session::Room::take(std::size_t bytes) {
    if (bytes <= limits_.small_body) return true;
    if (all_ > 0 && all_ + bytes > limits_.bodies) return false;
    all_ += bytes;
    taken_ += bytes;
    return true;
}

asio::awaitable<bool> Session::one_request() {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(shared_.limits.head));
    parser.body_limit(boost::none); // by Content-Length below; of chunks, in read_body
    if (!co_await read_head(parser)) co_return false;
    begun_ = net::now();
    const auto& head = parser.get();
    Request request;
    Room room{shared_.requests, shared_.limits};
    fill(request, parser);
    keep_ = head.keep_alive() && !connection_->draining;
    is_head_ = head.method() == boost::beast::http::verb::head;

    std::string forward_to;
    std::optional<Response> refused = admit(request, parser);
    if (!refused) {
        connection_->deadline = net::now() + shared_.limits.answer_time;
        refused = co_await shared_.api.leader_check(request, forward_to);
    }
    if (refused) {
        if (refused->close || !co_await skip_body(parser)) unread_ = true, keep_ = false;
        connection_->unfinished = false;
        co_return co_await send(*refused, route_name(request)) && keep_;
    }
    if (!co_await read_body(parser, request, room)) co_return false;
    connection_->unfinished = false;
    connection_->deadline = net::now() + shared_.limits.answer_time;
    if (!request.body.empty() && forward_to.empty()) { // while it came another node may have been elected
        refused = co_await shared_.api.leader_check(request, forward_to);
        if (refused) co_return co_await send(*refused, route_name(request)) && keep_;
    }
    Response response; // GCC 12 destroys twice what a conditional operator awaits
    if (forward_to.empty())
        response = co_await shared_.api.answer(request);
    else
        response = co_await shared_.forwarder.forward(request, forward_to);
    if (response.events) co_return co_await stream(request, std::move(response));
    Room answer_room{shared_.answers, shared_.limits};
    if (!answer_room.take(std::max(response.bytes.size(), response.body.size())))
        response = try_again("too many large answers at once: try again");
    co_return co_await send(response, route_name(request)) && keep_;
}

asio::awaitable<bool> Session::say(unsigned status, std::string message, std::string_view route) {
    const Response response = refusal(status, message); // named: see on_worker.hpp
    co_return co_await send(response, route);
}

void Session::write_head(const Response& response, std::optional<std::size_t> length) {
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

asio::awaitable<bool> Session::send(const Response& response, std::string_view route) {
    if (response.close) keep_ = false;
    const std::string_view body =
        response.bytes ? as_text(response.bytes.view()) : std::string_view{response.body};
    write_head(response, body.size());
    const bool with_body = !is_head_ && response.status != 304;
    if (!connection_->timed_out)
        connection_->deadline = net::now() + shared_.limits.answer_time + shared_.limits.time_of(body.size());
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head_),
                                                  with_body ? asio::buffer(body) : asio::const_buffer{}};
    const auto [error, size] = co_await stream_.write(parts);
    shared_.api.metrics().bytes(0, with_body ? body.size() : 0);
    shared_.api.metrics().request(route, response.status, net::now() - begun_);
    co_return !error;
}

// The peer may still be sending what we refused to read; closing now would destroy our answer on its way.
asio::awaitable<void> Session::linger() {
    connection_->deadline = net::now() + 1s;
    std::array<char, 4096> sink{};
    for (std::size_t read = 0; read < (std::size_t{4} << 20U);) {
        const auto [error, size] = co_await stream_.socket().async_read_some(asio::buffer(sink), no_error);
        if (error) co_return;
        read += size;
    }
}

asio::awaitable<void> serve(std::shared_ptr<Connection> connection, Shared& shared) {
    Session session{std::move(connection), shared};
    co_await session.run();
}

} // namespace cp::http
