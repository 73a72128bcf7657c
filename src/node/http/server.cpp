#include "http/server.hpp"

#include "files/wall_clock.hpp"
#include "net/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>
#include <ranges>
#include <sys/resource.h>
#include <utility>

namespace cp::http {
namespace {

using namespace std::chrono_literals;

constexpr auto no_error = asio::as_tuple(asio::use_awaitable);
constexpr auto sweep_every = 200ms;
constexpr auto accept_again_after = 50ms; // out of descriptors or memory
constexpr auto last_word_within = 1s;

// "Fri, 20 Nov 2026 20:00:00 GMT" (RFC 9110), whatever the locale.
std::string http_date() {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto now = static_cast<std::time_t>(unix_seconds());
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::string{days.at(static_cast<std::size_t>(utc.tm_wday))} + ", " + two(utc.tm_mday) + ' ' +
           months.at(static_cast<std::size_t>(utc.tm_mon)) + ' ' + std::to_string(utc.tm_year + 1900) + ' ' +
           two(utc.tm_hour) + ':' + two(utc.tm_min) + ':' + two(utc.tm_sec) + " GMT";
}

} // namespace

std::size_t connections_possible() {
    constexpr rlim_t wanted = 8192;
    constexpr std::size_t others = 512; // liveness links, files, the network's sockets
    constexpr std::size_t most = 4096;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = std::min(limit.rlim_max, wanted);
        ::setrlimit(RLIMIT_NOFILE, &limit);
        ::getrlimit(RLIMIT_NOFILE, &limit);
    }
    const auto files = static_cast<std::size_t>(limit.rlim_cur);
    return files > 2 * others ? std::min(files - others, most) : files / 2;
}

Server::Server(asio::io_context& io, asio::ip::tcp::acceptor acceptor, Api& api, Encryption encryption,
               std::size_t most)
    : io_{io}, acceptor_{std::move(acceptor)}, sweep_timer_{io}, pause_{io},
      forwarder_{io, api, std::move(encryption.others)}, shared_{.api = api,
                                                                 .forwarder = forwarder_,
                                                                 .tls = std::move(encryption.own),
                                                                 .date = http_date()},
      most_{most} {}

void Server::start() {
    const auto rethrow = [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    };
    asio::co_spawn(io_, accept_loop(), rethrow);
    asio::co_spawn(io_, sweep_loop(), rethrow);
}

asio::awaitable<void> Server::accept_loop() {
    while (open_) {
        auto [error, socket] = co_await acceptor_.async_accept(no_error);
        if (error == asio::error::operation_aborted) co_return;
        if (!error) {
            admit(std::move(socket));
            continue;
        }
        pause_.expires_after(accept_again_after);
        co_await pause_.async_wait(no_error);
    }
}

// The one that is idle for the longest goes; or, where nobody is, of the address with the most requests that
// do not end the oldest: one machine must not keep out all others.
bool Server::make_room(std::uint32_t newcomer) {
    const auto age = [](const auto& c) { return c->deadline; };
    const auto oldest_of = [&](auto who) {
        auto found = connections_ | std::views::filter(who);
        const auto oldest = std::ranges::min_element(found, {}, age);
        return oldest == found.end() ? nullptr : *oldest;
    };
    auto victim = oldest_of([](const auto& c) { return c->idle; });
    if (!victim) {
        std::map<std::uint32_t, std::size_t> unfinished;
        for (const auto& c : connections_)
            if (c->unfinished) ++unfinished[c->peer.address];
        const auto most =
            std::ranges::max_element(unfinished, {}, [](const auto& entry) { return entry.second; });
        if (most == unfinished.end() || most->second < most_ / 4 || most->first == newcomer) return false;
        victim = oldest_of([&](const auto& c) { return c->unfinished && c->peer.address == most->first; });
    }
    boost::system::error_code ignored;
    victim->stream.socket().close(ignored);
    std::erase(connections_, victim); // its coroutine still holds it, and ends now
    return true;
}

void Server::admit(asio::ip::tcp::socket socket) {
    boost::system::error_code failed;
    const auto from = socket.remote_endpoint(failed);
    if (failed || !open_) return; // closed here
    const Endpoint peer{from.address().to_v4().to_uint(), from.port()};
    if (connections_.size() >= most_ && !make_room(peer.address)) return;
    const auto connection = std::make_shared<Connection>(std::move(socket), peer);
    connection->deadline = net::now() + shared_.limits.idle;
    connections_.push_back(connection);
    // What a handler throws (memory) ends its connection, not the program.
    asio::co_spawn(io_, serve(connection, shared_), [this, connection](const std::exception_ptr&) {
        boost::system::error_code ignored;
        connection->stream.socket().close(ignored);
        std::erase(connections_, connection);
        if (connections_.empty() && drained_) drained_();
    });
}

void Server::sweep(TimePoint now) {
    boost::system::error_code ignored;
    for (const auto& connection : connections_) {
        if (now < connection->deadline) continue;
        if (std::exchange(connection->timed_out, true) || connection->idle) {
            connection->stream.socket().close(ignored);
        } else {
            connection->stream.socket().cancel(ignored);
            connection->deadline = now + last_word_within;
        }
    }
}

asio::awaitable<void> Server::sweep_loop() {
    while (open_ || !connections_.empty()) {
        sweep(net::now());
        forwarder_.sweep(net::now());
        shared_.date = http_date();
        sweep_timer_.expires_after(sweep_every);
        co_await sweep_timer_.async_wait(no_error);
    }
}

void Server::when_drained(std::function<void()> done) {
    if (connections_.empty()) return done();
    drained_ = std::move(done);
}

void Server::drain() {
    boost::system::error_code ignored;
    open_ = false;
    acceptor_.close(ignored);
    pause_.cancel();
    for (const auto& connection : connections_) {
        connection->draining = true;
        if (connection->idle) connection->stream.socket().close(ignored);
    }
}

} // namespace cp::http
