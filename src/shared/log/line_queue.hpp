// Between the threads that log and the one that writes. Bounded: a writer that cannot keep up costs lines,
// which are counted, and never holds up who logs. Any thread.
#pragma once

#include "log/record.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

namespace cp::log {

class LineQueue {
public:
    static constexpr std::size_t lines_max = 4096;

    struct Next {
        std::uint64_t lost = 0; // lines that did not fit, since the one before
        std::optional<Record> record{};
    };

    // Closed at first: push() drops. open() returns false when it is open already.
    [[nodiscard]] bool open();
    void close(); // what is queued can still be popped

    void push(Record);
    // Waits for a line, or for the news that lines were lost. Nothing: closed, and all was said.
    [[nodiscard]] std::optional<Next> pop();

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Next> lines_;
    std::uint64_t lost_ = 0;
    bool open_ = false;
};

} // namespace cp::log
