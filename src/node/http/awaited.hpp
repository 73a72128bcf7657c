// A value that a callback on some thread brings, awaited by a coroutine on its own, for a bounded time.
// Private to http.
//
//     const auto answer = std::make_shared<Awaited<int>>(io, 2s);
//     ask(told(io, answer));              // calls it once, or never
//     co_await arrived(*answer);
//     if (answer->value) …                // else the time was over
#pragma once

#include "base/time.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace cp::http {

namespace asio = boost::asio;

template <class T>
struct Awaited {
    Awaited(asio::io_context& io, Duration within) : timer{io, within} {}
    std::optional<T> value;
    asio::steady_timer timer; // a condition variable: cancelled when the value is there
};

// Gives the value to whoever waits, on the thread of `io`; may be called on any.
// What it returns may outlive `io`, as long as it is not called then: the waiting coroutine alone keeps the
// timer.
template <class T>
auto told(asio::io_context& io, const std::shared_ptr<Awaited<T>>& state) {
    return [&io, waiting = std::weak_ptr{state}](T value) {
        asio::post(io, [waiting, value = std::move(value)]() mutable {
            const auto awaited = waiting.lock();
            if (!awaited) return;
            awaited->value = std::move(value);
            awaited->timer.cancel();
        });
    };
}

template <class T>
asio::awaitable<void> arrived(Awaited<T>& awaited) {
    co_await awaited.timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

} // namespace cp::http
