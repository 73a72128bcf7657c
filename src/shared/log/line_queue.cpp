#include "log/line_queue.hpp"

#include <utility>

namespace cp::log {

bool LineQueue::open() {
    const std::lock_guard lock{mutex_};
    return !std::exchange(open_, true);
}

void LineQueue::close() {
    const std::lock_guard lock{mutex_};
    open_ = false;
    changed_.notify_all();
}

void LineQueue::push(Record record) {
    const std::lock_guard lock{mutex_};
    if (!open_) return;
    if (lines_.size() >= lines_max) {
        ++lost_;
        return;
    }
    lines_.push_back({std::exchange(lost_, 0), std::move(record)});
    changed_.notify_one();
}

std::optional<LineQueue::Next> LineQueue::pop() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return !lines_.empty() || lost_ != 0 || !open_; });
    if (!lines_.empty()) {
        Next next = std::move(lines_.front());
        lines_.pop_front();
        return next;
    }
    if (lost_ != 0) return Next{.lost = std::exchange(lost_, 0)};
    return std::nullopt;
}

} // namespace cp::log
