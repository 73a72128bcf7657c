// Sealed datagrams on their way out, in a ring of bytes that is allocated once. A datagram is written where
// it will be sent from, once, however many targets it has (interfaces, peers); neighbours in the queue are
// neighbours in memory. Memory that was never needed is never touched. Not thread-safe.
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
    // REQUIRES: bytes >= 2 * limits::datagram_max, sends > 0.
    DatagramQueue(std::size_t bytes, std::size_t sends);

    // limits::datagram_max bytes for one datagram that goes to `targets` targets; empty when the queue is
    // full. Nothing is taken before commit.
    [[nodiscard]] std::span<std::byte> room(std::size_t targets);
    // Queues the first `size` bytes of what room() returned last, for each target.
    void commit(std::size_t size, std::span<const Target>);

    // The oldest, in order; not always all of them, but some unless the queue is empty. Valid until pop or
    // clear.
    [[nodiscard]] std::span<const Sending> front() const;
    void pop(std::size_t count); // REQUIRES: count <= front().size()
    void clear();

    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::size_t size() const { return count_; } // sends, not datagrams

private:
    [[nodiscard]] std::size_t head_byte() const;

    std::unique_ptr<std::byte[]> bytes_;
    std::size_t capacity_;
    std::size_t tail_ = 0; // where the next datagram is written; wraps early rather than splitting one
    std::vector<Sending> sends_;
    std::size_t head_ = 0;
    std::size_t count_ = 0;
};

} // namespace cp::net
