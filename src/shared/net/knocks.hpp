// Asks a machine's kernel whether it is there, by connecting to a port on which a program of it is known to
// listen: six times, `every` apart, each from a fresh socket. A program that is stopped or busy does not
// matter, because the kernel lets connections in by itself. A connection that was let in is hung up on at
// once, without a word. Where a fifth of all datagrams is lost, one round in 460 gets no answer from a
// machine that is there: two who have found the same are right.
//
//   let in        there: asked again a little later, until stop()
//   refused       Knocked::refused: nobody has that port open any more
//   not a word    Knocked::silent: no cable, no power, no kernel
//   other errors  nothing: this is about our own network
//
// A round in which this program was itself held up counts for nothing. Single-threaded, on the executor;
// never blocks. Must outlive its timer: stop(), then run the io_context until it has nothing to do.
#pragma once

#include "base/endpoint.hpp"
#include "base/time.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace cp::net {

namespace asio = boost::asio;

inline constexpr int knocks_a_round = 6;

enum class Knocked : std::uint8_t { refused, silent };

class Knocks {
public:
    // `found` is told at most once for each start(); it may call start() and stop().
    Knocks(const asio::any_io_executor&, std::function<void(Knocked)> found);
    Knocks(const Knocks&) = delete;
    Knocks& operator=(const Knocks&) = delete;
    ~Knocks() { hang_up(); }

    // Drops the round that was under way. The last knock has `every` to be answered.
    void start(const Endpoint&, Duration every);
    void stop();

private:
    enum class Heard : std::uint8_t { nothing, let_in, refused, trouble };

    void round();
    void wait(Duration);
    void on_time();
    [[nodiscard]] Heard knock();
    [[nodiscard]] Heard listen() const;
    void hang_up();

    asio::steady_timer timer_;
    std::function<void(Knocked)> found_;
    Endpoint at_;
    Duration every_{};
    TimePoint due_;
    std::uint64_t armed_ =
        0; // which wait(): a timer that fired too late to be cancelled belongs to an older one
    std::vector<int> open_; // of this round, in the order of knocking
    bool resting_ = false;  // it was there a moment ago
};

} // namespace cp::net
