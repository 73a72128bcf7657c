#include "net/batch_io.hpp"
#include "net/control_messages.hpp"
#include "wire/limits.hpp"

#include <array>
#include <cerrno>
#include <netinet/udp.h>
#include <vector>

namespace cp::net {
namespace {

// With GRO a message may be as long as IPv4 allows. Few of them at a time: half a megabyte stays in the cache
// between the kernel's copy and our opening, and one turn of a driver stays short.
constexpr std::size_t coalesced_messages = 8;
constexpr std::size_t coalesced_bytes = 65'536;
constexpr std::size_t coalesced_datagrams = 128; // UDP_MAX_SEGMENTS since Linux 6.9, 64 before

// The batch call's meaning with plain ones: how many messages came before the first error, or -1.
int receive_one_by_one(int socket, std::span<mmsghdr> messages) {
    int count = 0;
    for (mmsghdr& message : messages) {
        const ssize_t size = ::recvmsg(socket, &message.msg_hdr, MSG_DONTWAIT);
        if (size < 0) return count > 0 ? count : -1;
        message.msg_len = static_cast<unsigned>(size);
        ++count;
    }
    return count;
}

// The counter of the kernel is cumulative and has 32 bits.
void note_drops(const msghdr& header, ReceiveCounters& counters) {
    const auto total = find_control<std::uint32_t>(header, SOL_SOCKET, SO_RXQ_OVFL);
    if (!total) return;
    counters.kernel_drops +=
        static_cast<std::uint32_t>(*total - static_cast<std::uint32_t>(counters.kernel_drops));
}

// The size of each datagram in a message.
std::size_t segment_of(const mmsghdr& message) {
    const auto coalesced = find_control<int>(message.msg_hdr, IPPROTO_UDP, UDP_GRO);
    return coalesced && *coalesced > 0 ? static_cast<std::size_t>(*coalesced) : message.msg_len;
}

} // namespace

struct BatchReceiver::State {
    explicit State(IoMode m)
        : plain{m == IoMode::plain}, count{m == IoMode::segmented ? coalesced_messages : io_batch},
          size{m == IoMode::segmented ? coalesced_bytes : limits::datagram_max},
          slab{std::make_unique_for_overwrite<std::byte[]>(count * size)}, dirty{count},
          received(m == IoMode::segmented ? count * coalesced_datagrams : count) {
        for (std::size_t i = 0; i < count; ++i) {
            buffers[i] = {slab.get() + i * size, size};
            msghdr& header = messages[i].msg_hdr;
            header.msg_name = &names[i];
            header.msg_iov = &buffers[i];
            header.msg_iovlen = 1;
            header.msg_control = &controls[i];
        }
    }

    [[nodiscard]] int fetch(int socket);
    void split(std::size_t index, ReceiveCounters&);

    bool plain;        // no recvmmsg
    std::size_t count; // of messages, each with a buffer of
    std::size_t size;  // bytes
    std::unique_ptr<std::byte[]> slab;
    std::array<iovec, io_batch> buffers{};
    std::array<sockaddr_in, io_batch> names{};
    std::array<ControlBuffer, io_batch> controls{};
    std::array<mmsghdr, io_batch> messages{};
    std::size_t dirty; // headers that the kernel wrote to
    std::vector<Received> received;
    std::size_t kept = 0; // of those
};

BatchReceiver::BatchReceiver(IoMode mode) : state_{std::make_unique<State>(mode)} {}
BatchReceiver::~BatchReceiver() = default;
BatchReceiver::BatchReceiver(BatchReceiver&&) noexcept = default;
BatchReceiver& BatchReceiver::operator=(BatchReceiver&&) noexcept = default;

// Fills messages from the front: how many, or -1 and errno.
int BatchReceiver::State::fetch(int socket) {
    for (mmsghdr& message : std::span{messages}.first(dirty)) {
        message.msg_hdr.msg_namelen = sizeof(sockaddr_in);
        message.msg_hdr.msg_controllen = sizeof(ControlBuffer);
    }
    int got = -1;
    bool again = true;
    while (again) {
        got = plain
                  ? receive_one_by_one(socket, std::span{messages}.first(count))
                  : ::recvmmsg(socket, messages.data(), static_cast<unsigned>(count), MSG_DONTWAIT, nullptr);
        const bool no_batches = !plain && got < 0 && errno == ENOSYS; // a sandbox without recvmmsg
        plain = plain || no_batches;
        again = no_batches || (got < 0 && errno == EINTR);
    }
    // A call that found nothing may have touched the header behind the last one.
    dirty = std::min(count, static_cast<std::size_t>(std::max(got, 0)) + 1);
    return got;
}

void BatchReceiver::State::split(std::size_t index, ReceiveCounters& counters) {
    const mmsghdr& message = messages[index];
    const std::size_t segment = segment_of(message);
    if ((message.msg_hdr.msg_flags & MSG_TRUNC) != 0 || segment > limits::datagram_max) {
        counters.oversized += segment == 0 ? 1 : (message.msg_len + segment - 1) / segment;
        return;
    }
    const Endpoint from{ntohl(names[index].sin_addr.s_addr), ntohs(names[index].sin_port)};
    std::span<std::byte> left{static_cast<std::byte*>(buffers[index].iov_base), message.msg_len};
    do { // an empty datagram is one, too
        if (kept == received.size()) {
            ++counters.errors; // more in one message than the kernel ever puts there
            return;
        }
        const auto bytes = left.first(std::min(segment, left.size()));
        received[kept++] = {bytes, from};
        left = left.subspan(bytes.size());
    } while (!left.empty());
    counters.bytes += message.msg_len;
}

BatchReceiver::Batch BatchReceiver::receive(int socket, ReceiveCounters& counters) {
    State& s = *state_;
    const int got = s.fetch(socket);
    if (got < 0) {
        // ECONNREFUSED: some peer that we wrote to is gone, which its silence will tell as well.
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != ECONNREFUSED) ++counters.errors;
        return {};
    }
    const auto messages = static_cast<std::size_t>(got);
    s.kept = 0;
    for (std::size_t i = 0; i < messages; ++i) {
        note_drops(s.messages[i].msg_hdr, counters);
        s.split(i, counters);
    }
    counters.messages += messages;
    counters.datagrams += s.kept;
    return {std::span{s.received}.first(s.kept), messages == s.count};
}

} // namespace cp::net
