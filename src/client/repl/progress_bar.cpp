#include "repl/progress_bar.hpp"

#include "repl/units.hpp"

#include <algorithm>
#include <string_view>

namespace cp::client {
namespace {

constexpr std::size_t frame = 3; // "[" and "] "
constexpr std::size_t smallest_bar = frame + 3;
constexpr std::size_t largest_bar = frame + 30;

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

std::string remaining(double left) {
    constexpr double longest = 359'999; // 99:59 h; beyond that the guess says nothing
    return time_left(std::chrono::milliseconds{static_cast<std::int64_t>(std::min(left, longest) * 1e3)});
}

// "[####    ] " in what the text leaves of the line.
std::string bar(double share, std::size_t room) {
    if (room < smallest_bar) return {};
    const std::size_t width = std::min(room, largest_bar) - frame;
    const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
    return '[' + std::string(filled, '#') + std::string(width - filled, ' ') + "] ";
}

} // namespace

void ProgressBar::advance(TimePoint now, std::uint64_t done, std::uint64_t total) {
    if (due_ == never) {
        due_ = now + bar_after;
        measured_at_ = now;
    }
    if (done < done_) measured_done_ = done; // started over
    done_ = std::min(done, total);
    total_ = total;
}

void ProgressBar::measure(TimePoint now) {
    const double elapsed = seconds(now - measured_at_);
    if (elapsed <= 0) return;
    const double latest = static_cast<double>(done_ - measured_done_) / elapsed;
    // Follows a change within a second, and does not flicker.
    rate_ = rate_ == 0 ? latest : 0.8 * rate_ + 0.2 * latest;
    measured_at_ = now;
    measured_done_ = done_;
}

std::string ProgressBar::draw(TimePoint now, std::size_t columns) {
    if (now < due_) return {};
    due_ = now + bar_every;
    if (total_ == 0) return {};
    measure(now);
    std::string text = progress_text(done_, total_) + ' ' + byte_text(rate_) + "/s";
    const std::size_t width = std::max<std::size_t>(columns, 2) - 1;
    if (rate_ >= 1) {
        text += ' ' + remaining(static_cast<double>(total_ - done_) / rate_);
        if (constexpr std::string_view word = " left"; text.size() + word.size() + smallest_bar <= width)
            text += word;
    }
    const double share = static_cast<double>(done_) / static_cast<double>(total_);
    text.insert(0, bar(share, width - std::min(width, text.size())));
    return text.substr(0, width);
}

} // namespace cp::client
