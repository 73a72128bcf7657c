// So many at a time; the others wait for their turn. On the HTTP thread. Private to http.
//
//     co_await turns.wait();
//     const Turns::Turn turn{turns};   // nothing awaited in between
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>

namespace cp::http {

namespace asio = boost::asio;

class Turns {
    struct State {
        State(asio::io_context& io, int most)
            : free{most}, freed{io, asio::steady_timer::time_point::max()} {}
        int free;
        asio::steady_timer freed; // a condition variable: one wait is cancelled for each turn that ends
    };

public:
    Turns(asio::io_context& io, int most) : state_{std::make_shared<State>(io, most)} {}

    class Turn {
    public:
        explicit Turn(const Turns& turns) : state_{turns.state_} { --state_->free; }
        ~Turn() {
            ++state_->free;
            state_->freed.cancel_one();
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        std::shared_ptr<State> state_; // a coroutine may end with its io_context, after whoever gave turns
    };

    asio::awaitable<void> wait() const {
        const std::shared_ptr<State> state = state_;
        while (state->free <= 0) co_await state->freed.async_wait(asio::as_tuple(asio::use_awaitable));
    }

private:
    std::shared_ptr<State> state_;
};

} // namespace cp::http
