// How a test waits for something real: by running the io_context until it happened. The watchdog only keeps a
// broken program from hanging; a test that meets it has failed.
#pragma once

#include <boost/asio/io_context.hpp>

#include <chrono>

namespace cp::test {

inline constexpr std::chrono::seconds watchdog{30};

// False when the watchdog bit, or when nothing is left to run.
template <class Condition>
[[nodiscard]] bool run_until(boost::asio::io_context& io, Condition happened) {
    const auto give_up = std::chrono::steady_clock::now() + watchdog;
    while (!happened()) {
        if (io.run_one_until(give_up) == 0) return happened();
    }
    return true;
}

// Until the last coroutine ended.
[[nodiscard]] inline bool run_to_end(boost::asio::io_context& io) {
    io.run_for(watchdog);
    return io.stopped();
}

} // namespace cp::test
