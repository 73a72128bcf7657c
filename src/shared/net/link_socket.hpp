// One TCP connection at a time, with a deadline: what both ends of a liveness link are made of. Every wait
// ends: with success, with the error of the socket, with timed_out at the deadline, or with operation_aborted
// after hang_up() and close().
//
// Always held by shared_ptr: a waiting coroutine and the timer keep it alive. One operation at a time. Not
// thread-safe.
#pragma once

#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <span>

namespace cp::net {

namespace asio = boost::asio;
using boost::system::error_code;

// Accepts on a port that the kernel picks; address 0 is every address. Errors: no_network, with a line.
[[nodiscard]] Outcome<asio::ip::tcp::acceptor> open_link_port(const asio::any_io_executor&,
                                                              std::uint32_t address);

class LinkSocket : public std::enable_shared_from_this<LinkSocket> {
public:
    explicit LinkSocket(const asio::any_io_executor& executor) : socket_{executor}, timer_{executor} {}

    void adopt(int accepted); // takes the descriptor over

    // Of all that follows, until the next arm() or disarm().
    void arm(Duration within);
    void disarm();

    // Drops the connection that there was. Success also when the new one was let in and has ended since: the
    // next operation says so. connection_refused also when the kernel has connected us to ourselves, which it
    // does when the source port that it picks is the very port that nobody listens on.
    [[nodiscard]] asio::awaitable<error_code> connect(Endpoint);
    // All of it. With the error comes how much had arrived.
    struct Read {
        error_code error;
        std::size_t bytes = 0;
    };
    [[nodiscard]] asio::awaitable<Read> read(std::span<std::byte>);
    [[nodiscard]] asio::awaitable<error_code> write(std::span<const std::byte>);
    // Until the other side hangs up, or breaks the silence (success).
    [[nodiscard]] asio::awaitable<error_code> end();

    void hang_up();
    void close(); // for good: no connect from now on
    [[nodiscard]] bool closed() const { return closed_; }

private:
    [[nodiscard]] error_code usable() const;
    [[nodiscard]] error_code outcome(error_code) const;

    asio::ip::tcp::socket socket_;
    asio::steady_timer timer_;
    std::uint64_t armed_ =
        0; // which arm(): a timer that fired too late to be cancelled belongs to an older one
    bool expired_ = false;
    bool closed_ = false;
};

} // namespace cp::net
