// A queue between two threads: one puts, one takes and may wait. Bounded by what the other side produces:
// events of the tasks of one command, and interrupts.
#pragma once

#include "net/clock.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace cp::client {

template <class T>
class Mailbox {
public:
    void put(T item) {
        {
            const std::lock_guard lock{mutex_};
            items_.push_back(std::move(item));
        }
        filled_.notify_one();
    }
    // For an item that is only to wake the other side: any item does.
    void put_if_empty(T item) {
        {
            const std::lock_guard lock{mutex_};
            if (!items_.empty()) return;
            items_.push_back(std::move(item));
        }
        filled_.notify_one();
    }
    // The oldest; nothing when none came until `deadline` (`never`: waits as long as it takes).
    [[nodiscard]] std::optional<T> take(TimePoint deadline) {
        std::unique_lock lock{mutex_};
        const auto some = [this] { return !items_.empty(); };
        if (deadline == never)
            filled_.wait(lock, some);
        else if (!filled_.wait_for(lock, net::wait_until(deadline), some))
            return std::nullopt;
        T item = std::move(items_.front());
        items_.pop_front();
        return item;
    }
    [[nodiscard]] std::deque<T> take_all() {
        const std::lock_guard lock{mutex_};
        return std::exchange(items_, {});
    }

private:
    std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<T> items_;
};

} // namespace cp::client
