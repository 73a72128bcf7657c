// Accepts connections, bounds their number, ends those whose time is over, and drains them at the end. Runs
// on the HTTP thread.
#pragma once

#include "http/connection.hpp"
#include "http/forward.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <list>
#include <memory>

namespace cp::http {

// Where the API is HTTPS: who we are to clients, and whom we trust among nodes. Both or none.
struct Encryption {
    std::optional<tls::Context> own{};
    std::optional<tls::Context> others{};
};

class Server {
public:
    // The API must outlive it. At most `most` connections: beyond it the one that has been idle longest is
    // closed for the newcomer; when none is idle, the oldest request that is not here as a whole, of the
    // machine that has most of those, if that is a quarter of all places and not the newcomer's own; else the
    // newcomer.
    Server(asio::io_context&, asio::ip::tcp::acceptor, Api&, Encryption, std::size_t most);

    void start();
    // No more connections; requests that are here are answered, each as the last of its connection.
    void drain();
    // Calls `done` once, when the last connection has ended. REQUIRES: drain() was called.
    void when_drained(std::function<void()> done);

private:
    asio::awaitable<void> accept_loop();
    asio::awaitable<void> sweep_loop();
    void admit(asio::ip::tcp::socket);
    void sweep(TimePoint now);
    bool make_room(std::uint32_t newcomer);

    asio::io_context& io_;
    asio::ip::tcp::acceptor acceptor_;
    asio::steady_timer sweep_timer_;
    asio::steady_timer pause_;
    Forwarder forwarder_;
    Shared shared_;
    std::size_t most_;
    std::list<std::shared_ptr<Connection>> connections_; // the oldest first
    std::function<void()> drained_;
    bool open_ = true;
};

// How many connections this process can hold beside its other files, after asking for as many as it may have.
[[nodiscard]] std::size_t connections_possible();

} // namespace cp::http
