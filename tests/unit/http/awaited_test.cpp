#include "http/awaited.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>

using namespace cp::http;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> wait_for(asio::io_context& io, std::function<void(int)>& ask, std::optional<int>& got) {
    const auto answer = std::make_shared<Awaited<int>>(io, 1h);
    ask = told(io, answer);
    co_await arrived(*answer);
    got = answer->value;
}

} // namespace

BOOST_AUTO_TEST_SUITE(awaited)

BOOST_AUTO_TEST_CASE(a_value_reaches_who_waits) {
    asio::io_context io;
    std::function<void(int)> ask;
    std::optional<int> got;
    asio::co_spawn(io, wait_for(io, ask, got), asio::detached);
    io.poll();
    ask(7);
    io.poll();
    BOOST_TEST((got == 7));
}

// At the end of a program whoever was to answer may be there for longer than the thread that waited.
BOOST_AUTO_TEST_CASE(what_was_never_told_outlives_who_waited) {
    std::function<void(int)> ask;
    std::optional<int> got;
    {
        asio::io_context io;
        asio::co_spawn(io, wait_for(io, ask, got), asio::detached);
        io.poll();
    }
    ask = {};
    BOOST_TEST(!got);
}

BOOST_AUTO_TEST_SUITE_END()
