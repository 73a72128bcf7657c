// Which of many equal lines is written: one a second for each key. Reads no clock: `now` comes in. Any
// thread.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace cp::log {

class RateLimit {
public:
    static constexpr Duration interval = std::chrono::seconds{1};
    // Keys come from a program's own text, but a bound costs nothing; the ones beyond it share one budget.
    static constexpr std::size_t keys_max = 256;

    // Nothing: not now, it was counted. A number: write the line; that many were not written since the last.
    [[nodiscard]] std::optional<std::uint64_t> pass(TimePoint now, std::string_view key);

private:
    struct Budget {
        TimePoint next{}; // a line may pass from here on
        bool used = false;
        std::uint64_t suppressed = 0;
    };

    std::mutex mutex_;
    std::map<std::string, Budget, std::less<>> budgets_;
};

} // namespace cp::log
