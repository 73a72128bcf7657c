#include "net/link_listener.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <sys/socket.h>
#include <unistd.h>

namespace cp::net {
namespace {

using namespace std::chrono_literals;

constexpr auto token = asio::as_tuple(asio::use_awaitable);

// A storm of connects gets this share of the thread, a few per cent of it, and no more.
constexpr int accepts_at_once = 16;
constexpr auto between_accepts = 1ms;
constexpr auto after_accept_failure = 100ms; // somebody else may have closed a descriptor by then

void rethrow(const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
}

} // namespace

LinkListener::LinkListener(asio::ip::tcp::acceptor acceptor, LinkContext& context)
    : context_{context}, acceptor_{std::move(acceptor)}, pause_{acceptor_.get_executor()},
      port_{acceptor_.local_endpoint().port()} {}

void LinkListener::start() { asio::co_spawn(acceptor_.get_executor(), accept_loop(), rethrow); }

void LinkListener::close() {
    open_ = false;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    for (const Inbound& one : inbound_) one.socket->close();
}

std::size_t LinkListener::proven() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(inbound_, [](const Inbound& one) { return bool{one.session}; }));
}

asio::awaitable<void> LinkListener::accept_loop() {
    while (open_) {
        co_await acceptor_.async_wait(asio::ip::tcp::acceptor::wait_read, token);
        if (!open_) break;
        const Duration pause = accept_some();
        if (pause == Duration::zero()) continue;
        pause_.expires_after(pause);
        co_await pause_.async_wait(token);
    }
}

// How long to leave the port alone afterwards.
Duration LinkListener::accept_some() {
    for (int i = 0; i < accepts_at_once; ++i) {
        const int descriptor =
            ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            admit(descriptor);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return Duration::zero();
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            ++context_.counters.accept_failures;
            return after_accept_failure;
        } // else: it had ended before we came to it
    }
    return between_accepts;
}

void LinkListener::admit(int descriptor) {
    auto socket = std::make_shared<LinkSocket>(acceptor_.get_executor());
    socket->adopt(descriptor);
    ++context_.counters.accepted;
    if (inbound_.size() - proven() >= context_.options.unproven_max) {
        ++context_.counters.crowded;
        return;
    }
    inbound_.push_back({socket, {}});
    asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), rethrow);
}

asio::awaitable<void> LinkListener::serve(std::shared_ptr<LinkSocket> socket) {
    const SessionId session = co_await prove(*socket);
    if (session && !socket->closed()) {
        keep(socket, session);
        co_await socket->end();
        if (!socket->closed()) co_await look(*socket, session);
    }
    socket->close();
    std::erase_if(inbound_, [&](const Inbound& one) { return one.socket == socket; });
}

// Nobody's session when it did not.
asio::awaitable<SessionId> LinkListener::prove(LinkSocket& socket) {
    wire::LinkServer server{context_.challenges.next()};
    wire::LinkHello hello{};
    wire::LinkProof proof{};
    socket.arm(context_.options.proof_within);
    const auto first = co_await socket.read(hello);
    // Somebody who only looks whether we live says nothing and hangs up: that is no offence.
    if (first.error == asio::error::eof && first.bytes == 0) co_return SessionId{};
    if (!first.error) {
        const auto answer = server.on_hello(hello);
        if (answer) {
            const auto written = co_await socket.write(*answer);
            const auto last = co_await socket.read(proof);
            const auto session = server.on_proof(proof);
            if (!written && !last.error && session) {
                socket.disarm();
                ++context_.counters.proven;
                co_return *session;
            }
        }
    }
    if (!socket.closed()) ++context_.counters.refused;
    co_return SessionId{};
}

void LinkListener::keep(const std::shared_ptr<LinkSocket>& socket, const SessionId& session) {
    const auto of_it = std::ranges::find(inbound_, socket, &Inbound::socket);
    std::rotate(of_it, of_it + 1, inbound_.end());
    inbound_.back().session = session;
    const auto drop = [](Inbound& one) {
        one.socket->close(); // its coroutine takes it out of the table
        one.session = {};
    };
    for (Inbound& one : inbound_) {
        if (one.session == session && one.socket != socket) drop(one);
    }
    if (proven() > context_.options.proven_max)
        drop(*std::ranges::find_if(inbound_, [](const Inbound& one) { return bool{one.session}; }));
}

asio::awaitable<void> LinkListener::look(LinkSocket& socket, SessionId session) {
    const auto at = context_.handlers.find(session);
    bool told = false;
    for (int i = 0; at && i < link_looks; ++i) {
        ++context_.counters.connects;
        socket.arm(context_.options.check_within);
        const auto error = co_await socket.connect(*at);
        if (socket.closed()) break; // we stop, or it came back by itself
        if (error == asio::error::connection_refused) {
            context_.handlers.on_verdict(session, LinkVerdict::crashed);
            break;
        }
        if (error) {
            if (!std::exchange(told, true)) context_.handlers.on_verdict(session, LinkVerdict::unanswered);
            continue;
        }
        // Let in: alive, unless it hangs up at once.
        socket.arm(context_.options.check_within);
        if (co_await socket.end() == asio::error::timed_out) break;
    }
}

} // namespace cp::net
