#include "net/link_socket.hpp"

#include "wire/limits.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cp::net {
namespace {

using asio::ip::tcp;

constexpr auto token = asio::as_tuple(asio::use_awaitable);

// By hand, because Asio's own would be inherited by programs that this one starts.
int open_stream() { return ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

// Linux closes the descriptors of a program that dies from the highest down. The port above all links is gone
// when the first of them ends, so the first look of a peer is refused instead of let in and hung up on: half
// a millisecond or more. Any number that no other descriptor of ours reaches, and the usual limit (1024)
// allows.
constexpr int high_descriptor = 640;
static_assert(high_descriptor > 2 * limits::links_max);

int moved_up(int descriptor) {
    const int high = ::fcntl(descriptor, F_DUPFD_CLOEXEC, high_descriptor);
    if (high < 0) return descriptor; // a lower limit: then it takes one look more
    ::close(descriptor);
    return high;
}

error_code last_error() { return {errno, boost::system::system_category()}; }

tcp::endpoint to_tcp(const Endpoint& e) { return {asio::ip::address_v4{e.address}, e.port}; }

} // namespace

Outcome<tcp::acceptor> open_link_port(const asio::any_io_executor& executor, std::uint32_t address) {
    tcp::acceptor acceptor{executor};
    error_code error;
    if (const int descriptor = open_stream(); descriptor < 0)
        error = last_error();
    else
        acceptor.assign(tcp::v4(), moved_up(descriptor), error);
    if (!error) acceptor.bind(to_tcp({address, 0}), error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (error) return Failure{errc::no_network, "cannot accept liveness links: " + error.message()};
    return acceptor;
}

void LinkSocket::adopt(int accepted) {
    error_code ignored; // of an option, or of a connection that has ended already: reading will say so
    socket_.assign(tcp::v4(), accepted, ignored);
    socket_.set_option(tcp::no_delay{true}, ignored);
}

void LinkSocket::arm(Duration within) {
    expired_ = false;
    timer_.expires_after(within);
    timer_.async_wait([self = shared_from_this(), armed = ++armed_](error_code error) {
        if (error || armed != self->armed_) return;
        self->expired_ = true;
        error_code ignored;
        self->socket_.cancel(ignored);
    });
}

void LinkSocket::disarm() {
    ++armed_;
    expired_ = false;
    timer_.cancel();
}

// Before an operation: a deadline that passed while none was under way had nothing to cancel.
error_code LinkSocket::usable() const {
    if (closed_ || !socket_.is_open()) return asio::error::operation_aborted;
    return expired_ ? error_code{asio::error::timed_out} : error_code{};
}

// After one: what did happen in time counts, even if we look at it late.
error_code LinkSocket::outcome(error_code error) const {
    if (closed_ || !socket_.is_open()) return asio::error::operation_aborted;
    return error == asio::error::operation_aborted ? error_code{asio::error::timed_out} : error;
}

asio::awaitable<error_code> LinkSocket::connect(Endpoint to) {
    hang_up();
    if (closed_) co_return asio::error::operation_aborted;
    const int descriptor = open_stream();
    if (descriptor < 0) co_return last_error();
    adopt(descriptor);
    const auto [error] = co_await socket_.async_connect(to_tcp(to), token);
    if (const auto failed = outcome(error); failed && failed != asio::error::connection_reset)
        co_return failed;
    error_code ended;
    const auto local = socket_.local_endpoint(ended);
    const auto remote = ended ? tcp::endpoint{} : socket_.remote_endpoint(ended);
    co_return !ended && local == remote ? error_code{asio::error::connection_refused} : error_code{};
}

asio::awaitable<LinkSocket::Read> LinkSocket::read(std::span<std::byte> into) {
    if (const auto error = usable()) co_return Read{error};
    const auto [error, bytes] =
        co_await asio::async_read(socket_, asio::buffer(into.data(), into.size()), token);
    co_return Read{outcome(error), bytes};
}

asio::awaitable<error_code> LinkSocket::write(std::span<const std::byte> bytes) {
    if (const auto error = usable()) co_return error;
    const auto [error, written] =
        co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), token);
    co_return outcome(error);
}

asio::awaitable<error_code> LinkSocket::end() {
    std::array<std::byte, 1> unexpected{};
    co_return (co_await read(unexpected)).error;
}

void LinkSocket::hang_up() {
    error_code ignored;
    socket_.close(ignored);
}

void LinkSocket::close() {
    closed_ = true;
    disarm();
    hang_up();
}

} // namespace cp::net
