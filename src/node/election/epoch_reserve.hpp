// How far ahead the epoch counters on disk are, so that no failover ever waits for a disk: the file holds a
// mark that no leader has reached yet, and is moved on long before one does. At start the mark counts as the
// highest counter seen; each start thus skips at most `ahead` counters, of 2^62.
//
// Says what to write and when; writes nothing. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace cp::election {

class EpochReserve {
public:
    static constexpr std::uint64_t ahead = 1000;
    static constexpr std::uint64_t low = 500; // when fewer are left, the mark is moved

    // `reserved`: what the disk holds; 0 when it holds nothing.
    explicit EpochReserve(std::uint64_t reserved) : durable_{reserved}, asked_{reserved} {}

    // The mark to write now (fsynced), when one is due; it is given once. `highest`: Bully::highest_counter.
    [[nodiscard]] std::optional<std::uint64_t> due(std::uint64_t highest) {
        if (highest + low <= asked_) return std::nullopt;
        return asked_ = highest + ahead;
    }
    // A mark is on disk. They may finish in any order.
    void written(std::uint64_t mark) { durable_ = std::max(durable_, mark); }
    // The last one is not: it is due again.
    void failed() { asked_ = durable_; }

    // What a start after a crash at this moment would begin with.
    [[nodiscard]] std::uint64_t durable() const { return durable_; }

private:
    std::uint64_t durable_;
    std::uint64_t asked_;
};

} // namespace cp::election
