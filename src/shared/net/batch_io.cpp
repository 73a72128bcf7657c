#include "net/batch_io.hpp"

#include "wire/limits.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

namespace cp::net {
namespace {

// Big enough for each control message that the kernel attaches to one datagram.
union ControlBuffer {
    std::array<std::byte, CMSG_SPACE(sizeof(std::uint32_t)) + CMSG_SPACE(sizeof(in_pktinfo))> bytes;
    cmsghdr align;
};

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

// The batch calls' meaning with plain ones: how many messages went through before the first error, or -1.
template <class Call>
int one_by_one(std::span<mmsghdr> messages, Call call) {
    int count = 0;
    for (mmsghdr& message : messages) {
        const ssize_t size = call(message.msg_hdr);
        if (size < 0) return count > 0 ? count : -1;
        message.msg_len = static_cast<unsigned>(size);
        ++count;
    }
    return count;
}

// The counter of the kernel is cumulative and has 32 bits.
void note_drops(const msghdr& header, ReceiveCounters& counters) {
    for (const cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr;
         c = CMSG_NXTHDR(const_cast<msghdr*>(&header), const_cast<cmsghdr*>(c))) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL) continue;
        std::uint32_t total = 0;
        std::memcpy(&total, CMSG_DATA(c), sizeof total);
        counters.kernel_drops +=
            static_cast<std::uint32_t>(total - static_cast<std::uint32_t>(counters.kernel_drops));
    }
}

void leave_by(unsigned interface, ControlBuffer& buffer, msghdr& header) {
    header.msg_control = nullptr;
    header.msg_controllen = 0;
    if (interface == 0) return;
    header.msg_control = &buffer;
    header.msg_controllen = CMSG_SPACE(sizeof(in_pktinfo));
    cmsghdr* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = IPPROTO_IP;
    control->cmsg_type = IP_PKTINFO;
    control->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
    in_pktinfo info{};
    info.ipi_ifindex = static_cast<int>(interface);
    std::memcpy(CMSG_DATA(control), &info, sizeof info);
}

} // namespace

struct BatchReceiver::State {
    explicit State(IoMode m) : mode{m} {
        for (std::size_t i = 0; i < io_batch; ++i) {
            buffers[i] = {slab.get() + i * limits::datagram_max, limits::datagram_max};
            msghdr& header = messages[i].msg_hdr;
            header.msg_name = &names[i];
            header.msg_iov = &buffers[i];
            header.msg_iovlen = 1;
            header.msg_control = &controls[i];
        }
    }

    IoMode mode;
    std::unique_ptr<std::byte[]> slab =
        std::make_unique_for_overwrite<std::byte[]>(io_batch * limits::datagram_max);
    std::array<iovec, io_batch> buffers{};
    std::array<sockaddr_in, io_batch> names{};
    std::array<ControlBuffer, io_batch> controls{};
    std::array<mmsghdr, io_batch> messages{};
    std::array<Received, io_batch> received{};
    std::size_t dirty = io_batch; // headers that the kernel wrote to
};

BatchReceiver::BatchReceiver(IoMode mode) : state_{std::make_unique<State>(mode)} {}
BatchReceiver::~BatchReceiver() = default;
BatchReceiver::BatchReceiver(BatchReceiver&&) noexcept = default;
BatchReceiver& BatchReceiver::operator=(BatchReceiver&&) noexcept = default;

BatchReceiver::Batch BatchReceiver::receive(int socket, ReceiveCounters& counters) {
    State& s = *state_;
    for (mmsghdr& message : std::span{s.messages}.first(s.dirty)) {
        message.msg_hdr.msg_namelen = sizeof(sockaddr_in);
        message.msg_hdr.msg_controllen = sizeof(ControlBuffer);
    }
    int count = -1;
    do {
        count = s.mode == IoMode::batch
                    ? ::recvmmsg(socket, s.messages.data(), io_batch, MSG_DONTWAIT, nullptr)
                    : one_by_one(s.messages, [&](msghdr& h) { return ::recvmsg(socket, &h, MSG_DONTWAIT); });
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        s.dirty = s.mode == IoMode::batch ? 0 : 1;
        // ECONNREFUSED: some peer that we wrote to is gone, which its silence will tell as well.
        if (!would_block(errno) && errno != ECONNREFUSED) ++counters.errors;
        return {};
    }
    // A plain call that found nothing may have touched the header behind the last one.
    s.dirty = std::min(io_batch, static_cast<std::size_t>(count) + 1);

    std::size_t kept = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        const mmsghdr& message = s.messages[i];
        note_drops(message.msg_hdr, counters);
        if ((message.msg_hdr.msg_flags & MSG_TRUNC) != 0) {
            ++counters.oversized;
            continue;
        }
        counters.bytes += message.msg_len;
        s.received[kept++] = {{static_cast<std::byte*>(s.buffers[i].iov_base), message.msg_len},
                              {ntohl(s.names[i].sin_addr.s_addr), ntohs(s.names[i].sin_port)}};
    }
    counters.datagrams += kept;
    return {std::span{s.received}.first(kept), static_cast<std::size_t>(count) == io_batch};
}

struct BatchSender::State {
    explicit State(IoMode m) : mode{m} {
        for (std::size_t i = 0; i < io_batch; ++i) {
            names[i].sin_family = AF_INET;
            msghdr& header = messages[i].msg_hdr;
            header.msg_name = &names[i];
            header.msg_namelen = sizeof(sockaddr_in);
            header.msg_iov = &buffers[i];
            header.msg_iovlen = 1;
        }
    }

    IoMode mode;
    std::array<iovec, io_batch> buffers{};
    std::array<sockaddr_in, io_batch> names{};
    std::array<ControlBuffer, io_batch> controls{};
    std::array<mmsghdr, io_batch> messages{};
};

BatchSender::BatchSender(IoMode mode) : state_{std::make_unique<State>(mode)} {}
BatchSender::~BatchSender() = default;
BatchSender::BatchSender(BatchSender&&) noexcept = default;
BatchSender& BatchSender::operator=(BatchSender&&) noexcept = default;

BatchSender::Progress BatchSender::send(int socket, std::span<const Sending> all, SendCounters& counters) {
    State& s = *state_;
    const auto datagrams = all.first(std::min(all.size(), io_batch));
    for (std::size_t i = 0; i < datagrams.size(); ++i) {
        const Sending& datagram = datagrams[i];
        s.buffers[i] = {const_cast<std::byte*>(datagram.bytes.data()), datagram.bytes.size()};
        s.names[i].sin_addr.s_addr = htonl(datagram.to.address);
        s.names[i].sin_port = htons(datagram.to.port);
        leave_by(datagram.interface, s.controls[i], s.messages[i].msg_hdr);
    }

    std::size_t done = 0;
    while (done < datagrams.size()) {
        const auto left = std::span{s.messages}.subspan(done, datagrams.size() - done);
        const int count =
            s.mode == IoMode::batch
                ? ::sendmmsg(socket, left.data(), static_cast<unsigned>(left.size()), MSG_DONTWAIT)
                : one_by_one(left, [&](const msghdr& h) { return ::sendmsg(socket, &h, MSG_DONTWAIT); });
        if (count < 0) {
            if (errno == EINTR) continue;
            if (would_block(errno)) return {done, true};
            // The error belongs to the first datagram, or is an old one of the socket; either way the network
            // may lose datagrams, so this one is lost and the next gets its own try.
            ++counters.failed;
            counters.last_error = errno;
            ++done;
            continue;
        }
        for (const Sending& sent : datagrams.subspan(done, static_cast<std::size_t>(count))) {
            ++counters.datagrams;
            counters.bytes += sent.bytes.size();
        }
        done += static_cast<std::size_t>(count);
    }
    return {done, false};
}

} // namespace cp::net
