// Api::on_worker, for the files that implement Api. Give it a named lambda: GCC 12 destroys the captures of
// one that is written inside the awaiting expression twice.
#pragma once

#include "http/api.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <type_traits>

namespace cp::http {

template <class Work>
auto Api::on_worker(Work work) {
    using Result = std::invoke_result_t<Work&>;
    return asio::co_spawn(
        workers_, [work = std::move(work)]() mutable -> asio::awaitable<Result> { co_return work(); },
        asio::use_awaitable);
}

template <class Work>
asio::awaitable<std::invoke_result_t<Work&>> Api::on_worker_in_turn(const Turns& turns, Work work) {
    co_await turns.wait();
    const Turns::Turn turn{turns};
    co_return co_await on_worker(std::move(work));
}

} // namespace cp::http
