#include "log/rate_limit.hpp"

#include <utility>

namespace cp::log {

std::optional<std::uint64_t> RateLimit::pass(TimePoint now, std::string_view key) {
    const std::lock_guard lock{mutex_};
    auto found = budgets_.find(key);
    if (found == budgets_.end()) {
        const std::string_view name = budgets_.size() < keys_max ? key : std::string_view{};
        found = budgets_.try_emplace(std::string{name}).first;
    }
    Budget& budget = found->second;
    if (budget.used && now < budget.next) {
        ++budget.suppressed;
        return std::nullopt;
    }
    budget.used = true;
    budget.next = now + interval;
    return std::exchange(budget.suppressed, 0);
}

} // namespace cp::log
