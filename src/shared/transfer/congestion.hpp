// Congestion control of one flow: how many datagrams the network between may hold, whatever the receivers'
// buffers would. TCP's: doubled in each round trip until the first congestion, then one more for each (RFC
// 5681, slow start and congestion avoidance), times 0.7 at a congestion (RFC 9438), once a round trip.
//
// A loss alone is no congestion: cables and radio lose datagrams, too, and repairs are cheap. It is one when
// a queue stands on the way to the receiver that misses something: even the quickest answer of two rounds,
// and of limits::standing_for, took limits::standing_queue (the minimum over a while tells a standing queue
// from a burst and from a busy processor: CoDel, RFC 8289; using it to tell the two kinds of loss apart: TCP
// Veno, Fu and Liew 2003). Without a queue no smaller window is needed. While one stands the wire is busy,
// so the window shrinks only by as much as the queue is too long, and never below what keeps
// limits::standing_queue. Half of a round lost means congestion without a queue: a switch with little memory
// in front of a slow cable.
//
// Pure, not thread-safe. Numbers are ordinals of the flow (flow.hpp).
#pragma once

#include "base/time.hpp"
#include "wire/limits.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace cp::transfer {

// What the reports of one receiver say of the way to it.
class PathWatch {
public:
    // A report says that datagrams up to `reached`, out of `sent` so far, have arrived or are lost; `lost` of
    // them were not known to be. If it was the datagram `reached` that provoked it, that had left `delay`
    // ago.
    void reported(TimePoint now, std::uint64_t reached, std::uint64_t sent, std::uint32_t lost,
                  std::optional<Duration> delay);

    // How long the last answer took, at most limits::answer_max: one that was away for longer stood in no
    // queue. Zero: not known.
    [[nodiscard]] Duration delay() const { return std::min<Duration>(delay_, limits::answer_max); }
    // Even the quickest answer of a round took limits::growing_queue.
    [[nodiscard]] bool queue_grows() const;
    // Even the quickest of two rounds, and of limits::standing_for, took limits::standing_queue.
    [[nodiscard]] bool queue_stands() const;
    // So much is lost that there must be a reason.
    [[nodiscard]] bool clogged() const;
    // The share of a window that leaves as much of the standing queue as may be; 0..1.
    [[nodiscard]] double bearable() const;
    // From one datagram to the next, over the last rounds: what it gets. Zero: not known.
    [[nodiscard]] Duration pace() const { return pace_; }
    // What it could get, if nobody else were in the way: the answers to flights by the flights. Zero: not
    // known.
    [[nodiscard]] Duration spacing() const { return spacing_; }

private:
    // Of two rounds; Duration::max(): no answer.
    [[nodiscard]] Duration quickest() const;

    struct Round {
        std::int64_t datagrams = 0;
        std::uint64_t lost = 0;
        int answers = 0;
        Duration quickest = Duration::max(); // answer
        std::int64_t in_flights = 0;         // datagrams
        Duration of_flights{};               // their answers
    };
    Round now_, last_;
    Duration delay_{}, pace_{}, spacing_{};
    TimePoint begun_at_ = never;
    TimePoint heard_at_{}, quick_at_{}; // the last answer, and the last that stood in no queue
    std::uint64_t reached_ = 0;
    std::uint64_t ends_ = 0; // this round: when the last that had left at its beginning was answered
};

class CongestionWindow {
public:
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(size_); }
    // There was a congestion, and since then it grows by one a round trip.
    [[nodiscard]] bool steady() const { return steady_; }
    // It was in the way: there was more to send. Nothing else lets it grow (RFC 7661).
    void filled() { filled_ = true; }
    // The slowest receiver has got so far.
    void reached(TimePoint now, std::uint64_t ordinal);
    // A queue grows: one step at a time until what was sent up to now is answered, and then twofold again if
    // none was there any more (HyStart++, RFC 9406: for a moment a busy processor looks like a queue).
    void slow_down(std::uint64_t sent) { slow_until_ = sent; }
    // Something was lost on a congested path, with `sent` datagrams gone out so far. `bearable`: this share
    // of the window would do (PathWatch). Once for each flight; of several paths the most crowded counts.
    void congestion(std::uint64_t ordinal, std::uint64_t sent, double bearable);
    // Whoever was in the way is not waited for any more.
    void forgive() { steady_ = false; }

private:
    double size_ = limits::credit_window_first;
    bool steady_ = false; // grows by one a round trip, no longer twofold
    bool filled_ = false;
    std::uint64_t reached_ = 0;
    std::uint64_t slow_until_ = 0;
    std::uint64_t recovered_at_ = 0; // losses up to here are answered,
    double cut_ = 1;                 // by this share of the window
    TimePoint moved_at_ = never;
};

} // namespace cp::transfer
