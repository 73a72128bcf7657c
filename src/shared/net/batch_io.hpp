// Many datagrams for one system call: recvmmsg into a preallocated slab, sendmmsg from wherever the bytes
// are. Callers see lists of datagrams, not of messages: the kernel may be handed several equal ones as one
// (UDP_SEGMENT) or hand back several in one buffer (UDP_GRO) without any change above this file. Plain calls
// (recvmsg, sendmsg) stand behind the same interface, for kernels without the others and for tests. Nothing
// here blocks, allocates after construction, or throws. Not thread-safe.
#pragma once

#include "base/bytes.hpp"
#include "base/endpoint.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace cp::net {

inline constexpr std::size_t io_batch = 64; // datagrams for one call

enum class IoMode { batch, plain };

struct Received {
    std::span<std::byte> bytes; // may be written to: the seal is opened in place
    Endpoint from;
};

// Of one socket, since its start.
struct ReceiveCounters {
    std::uint64_t datagrams = 0;
    std::uint64_t bytes = 0;
    std::uint64_t oversized = 0;    // longer than any of ours; dropped
    std::uint64_t kernel_drops = 0; // SO_RXQ_OVFL: the socket's buffer was full
    std::uint64_t errors = 0;
};

class BatchReceiver {
public:
    explicit BatchReceiver(IoMode);
    ~BatchReceiver();
    BatchReceiver(BatchReceiver&&) noexcept;
    BatchReceiver& operator=(BatchReceiver&&) noexcept;

    struct Batch {
        std::span<const Received> datagrams; // valid until the next call
        bool full = false;                   // there may be more
    };
    // An error of the socket (an ICMP message that came back) is counted and ends nothing.
    [[nodiscard]] Batch receive(int socket, ReceiveCounters&);

private:
    struct State;
    std::unique_ptr<State> state_;
};

struct Sending {
    ByteView bytes;
    Endpoint to;
    unsigned interface = 0; // index of the one to leave by; 0: the socket's own choice
};

struct SendCounters {
    std::uint64_t datagrams = 0;
    std::uint64_t bytes = 0;
    std::uint64_t failed =
        0;              // refused by the kernel (ENOBUFS, EPERM, ENETUNREACH…): as good as lost on the way
    int last_error = 0; // errno of the last of those
};

class BatchSender {
public:
    explicit BatchSender(IoMode);
    ~BatchSender();
    BatchSender(BatchSender&&) noexcept;
    BatchSender& operator=(BatchSender&&) noexcept;

    struct Progress {
        std::size_t done = 0; // from the front: sent, or counted as failed
        bool blocked = false; // the socket takes no more now
    };
    // At most io_batch of them.
    [[nodiscard]] Progress send(int socket, std::span<const Sending>, SendCounters&);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace cp::net
