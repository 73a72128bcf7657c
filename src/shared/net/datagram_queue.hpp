// Sealed datagrams on their way out, in a ring of bytes that is allocated once. A datagram is written where
// it will be sent from, once, however many targets it has (interfaces, peers). Neighbours in the queue are
// neighbours in memory, so equal ones for the same targets become one run for each target, without a copy.
// Memory that was never needed is never touched. Not thread-safe.
#pragma once

#include "net/batch_io.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace cp::net {

struct Target {
    Endpoint to;
    unsigned interface = 0; // as in Sending
};

class DatagramQueue {
public:
    // `runs`: at most so many, whatever their lengths; as many as datagrams, when none is like the next.
    // REQUIRES: bytes >= 2 * limits::datagram_max, runs > 0.
    DatagramQueue(std::size_t bytes, std::size_t runs);

    // limits::datagram_max bytes for one datagram that goes to `targets` targets; empty when the queue is
    // full. Nothing is taken before commit.
    [[nodiscard]] std::span<std::byte> room(std::size_t targets);
    // Queues the first `size` bytes of what room() returned last, for each target.
    void commit(std::size_t size, std::span<const Target>);

    // The oldest, in order; not always all of them, but some unless the queue is empty. Valid until the next
    // commit, pop or clear.
    [[nodiscard]] std::span<const Sending> front() const;
    // Takes `runs` away, and `bytes` from the front of the next. REQUIRES: front() has them, and that one
    // more.
    void pop(std::size_t runs, std::size_t bytes = 0);
    void clear();

    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::size_t size() const { return count_; } // runs, not datagrams

private:
    [[nodiscard]] std::size_t head_byte() const { return starts_[head_]; }
    [[nodiscard]] std::size_t slot(std::size_t nth) const { return (head_ + nth) % sends_.size(); }
    [[nodiscard]] bool extends_last(std::size_t size, std::span<const Target>) const;

    std::unique_ptr<std::byte[]> bytes_;
    std::size_t capacity_;
    std::size_t tail_ = 0; // where the next datagram is written; wraps early rather than splitting one
    std::vector<Sending> sends_;
    // The first byte of each that is still needed: also what was popped of a run, while another target
    // has it to come.
    std::vector<std::size_t> starts_;
    std::size_t head_ = 0;
    std::size_t count_ = 0;
    std::size_t last_targets_ = 0; // of the youngest datagram
};

} // namespace cp::net
