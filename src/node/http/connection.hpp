// One connection of the HTTP server: requests one after another, each with a bound on its head, its body and
// its time. Runs on the HTTP thread. Beast is known to session.hpp, its files and forward.cpp alone.
#pragma once

#include "http/api.hpp"
#include "tls/tls.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace cp::http {

class Forwarder;

// What the server watches. When the deadline passes it cancels what goes on, and a second later closes the
// socket.
struct Connection {
    explicit Connection(asio::ip::tcp::socket s, Endpoint from) : stream{std::move(s)}, peer{from} {}

    tls::Stream stream;
    Endpoint peer;
    TimePoint deadline = never; // of what it does now
    bool idle = true;           // between two requests: the first to go when there are too many
    bool unfinished = false;    // a request has begun, and is not here as a whole
    bool draining = false;      // no request after this one
    bool timed_out = false;     // the server cancelled what was going on: say so and end
};

struct Limits {
    std::size_t head = 16 * 1024;
    Duration idle{std::chrono::seconds{60}};        // until the first byte of a request
    Duration head_time{std::chrono::seconds{5}};    // for the whole head
    Duration body_time{std::chrono::seconds{20}};   // and what its bytes take at least_rate
    Duration answer_time{std::chrono::seconds{30}}; // to make it, and again to send it, as above
    std::size_t least_rate = std::size_t{1} << 20U; // bytes a second: a radio that is worth the wait
    std::size_t streams = 64;                       // of events, at a time
    // Bytes of all bodies above `small_body` that are being read or worked on, and again of all answers that
    // are being sent, at a time.
    std::size_t bodies = std::size_t{256} << 20U;
    std::size_t small_body = std::size_t{64} << 10U;

    [[nodiscard]] Duration time_of(std::size_t bytes) const {
        return std::chrono::milliseconds{bytes * 1000 / least_rate};
    }
};

// What connections share. The references must outlive them.
struct Shared {
    Api& api;
    Forwarder& forwarder;
    Limits limits{};
    std::optional<tls::Context> tls{}; // none: in the clear
    std::size_t streams = 0;
    std::size_t requests = 0; // bytes of large bodies
    std::size_t answers = 0;
    std::string date; // header, renewed by the server once a second
};

// Until the peer or the server closes it.
asio::awaitable<void> serve(std::shared_ptr<Connection>, Shared&);

} // namespace cp::http
