// The bytes that objects, results and decode buffers of one program may hold together. An account, not an
// allocator: whoever allocates reserves first, and says busy when the account is spent.
// Not thread-safe; the core that owns it is the only user. Reservations must not outlive their budget.
#pragma once

#include "base/check.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace cp::transfer {

class MemoryBudget {
public:
    explicit MemoryBudget(std::uint64_t limit) : limit_{limit} {}
    MemoryBudget(const MemoryBudget&) = delete; // reservations point here
    MemoryBudget& operator=(const MemoryBudget&) = delete;

    // False, and nothing is taken, when `bytes` do not fit any more.
    [[nodiscard]] bool reserve(std::uint64_t bytes) {
        if (bytes > limit_ - used_) return false;
        used_ += bytes;
        return true;
    }
    void release(std::uint64_t bytes) {
        CP_CHECK(bytes <= used_);
        used_ -= bytes;
    }

    [[nodiscard]] std::uint64_t used() const { return used_; }
    [[nodiscard]] std::uint64_t limit() const { return limit_; }

private:
    std::uint64_t limit_;
    std::uint64_t used_ = 0;
};

// A part of a budget, given back when it goes out of scope.
class MemoryReservation {
public:
    MemoryReservation() = default; // of nothing
    [[nodiscard]] static std::optional<MemoryReservation> take(MemoryBudget& budget, std::uint64_t bytes) {
        if (!budget.reserve(bytes)) return std::nullopt;
        return MemoryReservation{budget, bytes};
    }
    MemoryReservation(MemoryReservation&& other) noexcept
        : budget_{std::exchange(other.budget_, nullptr)}, bytes_{std::exchange(other.bytes_, 0)} {}
    MemoryReservation& operator=(MemoryReservation&& other) noexcept {
        std::swap(budget_, other.budget_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~MemoryReservation() {
        if (budget_ != nullptr) budget_->release(bytes_);
    }

    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

private:
    MemoryReservation(MemoryBudget& budget, std::uint64_t bytes) : budget_{&budget}, bytes_{bytes} {}

    MemoryBudget* budget_ = nullptr;
    std::uint64_t bytes_ = 0;
};

} // namespace cp::transfer
