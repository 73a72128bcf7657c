#include "transfer/congestion.hpp"

#include <algorithm>
#include <utility>

namespace cp::transfer {
namespace {

constexpr double decrease = 0.7;
constexpr double least = 16; // RFC 6928's first window, and room for a report from each quarter
// Below so many a share of losses says nothing.
constexpr std::uint64_t telling_losses = 32;
// Fewer datagrams say nothing about speed.
constexpr std::int64_t flight = 8;
// So many answers speak for the rest of their round.
constexpr int telling_answers = 3;

// An average of the last rounds, as TCP's of round trips (RFC 6298).
void learn(Duration& mean, Duration time, std::int64_t datagrams) {
    if (datagrams < flight) return;
    const Duration each = time / datagrams;
    mean = mean == Duration{} ? each : mean + (each - mean) / 8;
}

} // namespace

void PathWatch::reported(TimePoint now, std::uint64_t reached, std::uint64_t sent, std::uint32_t lost,
                         std::optional<Duration> delay) {
    if (begun_at_ == never) {
        begun_at_ = quick_at_ = now;
        reached_ = reached;
    }
    const auto more = static_cast<std::int64_t>(std::max(reached, reached_) - reached_);
    reached_ += static_cast<std::uint64_t>(more);
    now_.datagrams += more;
    now_.lost += lost;
    if (delay) {
        delay_ = *delay;
        heard_at_ = now;
        if (delay_ < limits::standing_queue) quick_at_ = now;
        ++now_.answers;
        now_.quickest = std::min(now_.quickest, delay_);
        if (more >= flight) {
            now_.in_flights += more;
            now_.of_flights += delay_;
        }
    }
    if (reached <= ends_) return;
    learn(pace_, now - begun_at_, now_.datagrams);
    learn(spacing_, now_.of_flights, now_.in_flights);
    last_ = std::exchange(now_, Round{});
    begun_at_ = now;
    ends_ = sent;
}

bool PathWatch::queue_grows() const {
    const Round& round = now_.answers >= telling_answers ? now_ : last_;
    return round.answers > 0 && round.quickest >= limits::growing_queue;
}

Duration PathWatch::quickest() const { return std::min(now_.quickest, last_.quickest); }

bool PathWatch::queue_stands() const {
    const Duration quickest = this->quickest();
    return quickest != Duration::max() && quickest >= limits::standing_queue &&
           heard_at_ - quick_at_ >= limits::standing_for;
}

double PathWatch::bearable() const {
    if (!queue_stands() || clogged()) return 0;
    return std::chrono::duration<double>{limits::standing_queue} / quickest();
}

bool PathWatch::clogged() const {
    const std::uint64_t lost = now_.lost + last_.lost;
    const auto datagrams = static_cast<std::uint64_t>(now_.datagrams + last_.datagrams);
    return lost >= telling_losses && lost * limits::clogged_share >= datagrams;
}

void CongestionWindow::reached(TimePoint now, std::uint64_t ordinal) {
    if (ordinal <= reached_) return;
    // Who lost Setup could place nothing of the first flight: what it seems to have met is forgotten, too.
    if (moved_at_ == never || now > moved_at_ + limits::congestion_forgotten_after) steady_ = false;
    moved_at_ = now;
    const auto gained = static_cast<double>(ordinal - reached_);
    reached_ = ordinal;
    if (!filled_) return;
    filled_ = false;
    size_ += steady_ || reached_ <= slow_until_ ? gained / size_ : gained;
    size_ = std::min<double>(size_, limits::credit_window_max);
}

void CongestionWindow::congestion(std::uint64_t ordinal, std::uint64_t sent, double bearable) {
    const double share = std::clamp(bearable, decrease, 1.0);
    const bool answered = ordinal <= recovered_at_;
    if (answered && share >= cut_) return;
    size_ = std::max(size_ * share / (answered ? cut_ : 1), least);
    cut_ = share;
    if (answered) return;
    recovered_at_ = sent;
    steady_ = true;
}

} // namespace cp::transfer
