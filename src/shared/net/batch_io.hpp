// Many datagrams for one system call, and equal ones for one pass through the kernel: sendmmsg with
// UDP_SEGMENT (GSO) from wherever the bytes are, recvmmsg with UDP_GRO into preallocated buffers. Callers
// name runs of equal datagrams and get back single ones, whichever way they went; IoMode says which way is
// tried, and a sender steps down by itself from what the kernel refuses. Nothing here blocks, allocates after
// construction, or throws. Not thread-safe.
#pragma once

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "net/io_modes.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>

namespace cp::net {

inline constexpr std::size_t io_batch = 64; // messages for one call

// What the kernel cuts up as one: 64 datagrams (UDP_MAX_SEGMENTS before Linux 6.9), and together no more than
// one IPv4 datagram could hold.
inline constexpr std::size_t group_datagrams_max = 64;
inline constexpr std::size_t group_bytes_max = 65'507;

// Datagrams of `segment` bytes in one group. REQUIRES: segment > 0.
[[nodiscard]] constexpr std::size_t group_datagrams(std::size_t segment) {
    return std::clamp(group_bytes_max / segment, std::size_t{1}, group_datagrams_max);
}

struct Received {
    std::span<std::byte> bytes; // may be written to: the seal is opened in place
    Endpoint from;
};

// Of one socket, since its start.
struct ReceiveCounters {
    std::uint64_t messages = 0; // what the kernel handed over: as many as datagrams, or fewer with GRO
    std::uint64_t datagrams = 0;
    std::uint64_t bytes = 0;
    std::uint64_t oversized = 0; // longer than any of ours; dropped
    // SO_RXQ_OVFL: what found the socket's buffer full. In messages, so with GRO each may have been many
    // datagrams; and known only with the next one that found room.
    std::uint64_t kernel_drops = 0;
    std::uint64_t errors = 0;
};

class BatchReceiver {
public:
    // segmented: for sockets with UDP_GRO alone.
    explicit BatchReceiver(IoMode);
    ~BatchReceiver();
    BatchReceiver(BatchReceiver&&) noexcept;
    BatchReceiver& operator=(BatchReceiver&&) noexcept;

    struct Batch {
        std::span<const Received> datagrams; // in the order of arrival; valid until the next call
        bool full = false;                   // there may be more
    };
    // An error of the socket (an ICMP message that came back) is counted and ends nothing.
    [[nodiscard]] Batch receive(int socket, ReceiveCounters&);

private:
    struct State;
    std::unique_ptr<State> state_;
};

// A run of datagrams that go the same way: one behind another in memory, all of one size but the last, which
// may be shorter.
struct Sending {
    ByteView bytes;
    Endpoint to;
    unsigned interface = 0;  // index of the one to leave by; 0: the socket's own choice
    std::size_t segment = 0; // of each datagram, bytes; 0: there is but one
};

struct SendCounters {
    std::uint64_t messages = 0; // what the kernel was handed: as many as datagrams, or fewer with GSO
    std::uint64_t datagrams = 0;
    std::uint64_t bytes = 0;
    // Refused by the kernel (ENOBUFS, EPERM, ENETUNREACH…): as good as lost on the way.
    std::uint64_t failed = 0;
    int last_error = 0; // errno of the last of those
};

class BatchSender {
public:
    explicit BatchSender(IoMode);
    ~BatchSender();
    BatchSender(BatchSender&&) noexcept;
    BatchSender& operator=(BatchSender&&) noexcept;

    struct Progress {
        std::size_t done = 0; // runs, from the front: each datagram is sent, or counted as failed
        std::size_t part = 0; // bytes of the next run that are done too: whole datagrams
        bool blocked = false; // the socket takes no more now; otherwise all are done
    };
    [[nodiscard]] Progress send(int socket, std::span<const Sending>, SendCounters&);

    // The way that is taken: the wanted one, or what is left of it.
    [[nodiscard]] IoMode mode() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace cp::net
