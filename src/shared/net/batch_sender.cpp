#include "net/batch_io.hpp"
#include "net/control_messages.hpp"

#include <array>
#include <cerrno>
#include <netinet/udp.h>

namespace cp::net {
namespace {

// A place in a list of runs.
struct Cursor {
    std::size_t run = 0;
    std::size_t byte = 0;

    void advance(std::span<const Sending> runs, std::size_t bytes) {
        byte += bytes;
        if (byte < runs[run].bytes.size()) return;
        ++run;
        byte = 0;
    }
};

// How a kernel or a device says that it cannot cut a group up. Others have other reasons for these errors:
// whether it was the group, only sending its datagrams one by one can tell.
bool may_mean_no_segmentation(int error) {
    return error == EINVAL || error == EIO || error == EMSGSIZE || error == EOPNOTSUPP ||
           error == ENOPROTOOPT;
}

// The batch call's meaning with plain ones: how many messages went through before the first error, or -1.
int send_one_by_one(int socket, std::span<const mmsghdr> messages) {
    int count = 0;
    for (const mmsghdr& message : messages) {
        if (::sendmsg(socket, &message.msg_hdr, MSG_DONTWAIT) < 0) return count > 0 ? count : -1;
        ++count;
    }
    return count;
}

} // namespace

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

    [[nodiscard]] std::size_t load(std::span<const Sending>, Cursor);
    void fill(std::size_t index, const Sending&, ByteView piece);
    [[nodiscard]] int hand_over(int socket, std::size_t first, std::size_t end);
    [[nodiscard]] std::size_t datagrams(std::size_t index) const;
    void count_sent(std::size_t index, SendCounters&) const;
    bool on_error(int error, std::size_t index, SendCounters&);

    IoMode mode;
    // A group was refused. Until one of its datagrams got through or was refused as well, all go one by one.
    bool doubted = false;
    std::array<iovec, io_batch> buffers{};
    std::array<std::size_t, io_batch> segments{};
    std::array<sockaddr_in, io_batch> names{};
    std::array<ControlBuffer, io_batch> controls{};
    std::array<mmsghdr, io_batch> messages{};
};

BatchSender::BatchSender(IoMode mode) : state_{std::make_unique<State>(mode)} {}
BatchSender::~BatchSender() = default;
BatchSender::BatchSender(BatchSender&&) noexcept = default;
BatchSender& BatchSender::operator=(BatchSender&&) noexcept = default;

IoMode BatchSender::mode() const { return state_->mode; }

// Messages for what stands at the cursor and behind it: how many.
std::size_t BatchSender::State::load(std::span<const Sending> runs, Cursor at) {
    const bool groups = mode == IoMode::segmented && !doubted;
    std::size_t count = 0;
    for (; count < io_batch && at.run < runs.size(); ++count) {
        const Sending& run = runs[at.run];
        const ByteView left = run.bytes.subspan(at.byte);
        const std::size_t segment = run.segment != 0 ? run.segment : left.size();
        const std::size_t most = groups && segment != 0 ? segment * group_datagrams(segment) : segment;
        fill(count, run, left.first(std::min(left.size(), most)));
        at.advance(runs, buffers[count].iov_len);
    }
    return count;
}

void BatchSender::State::fill(std::size_t index, const Sending& run, ByteView piece) {
    buffers[index] = {const_cast<std::byte*>(piece.data()), piece.size()};
    segments[index] = run.segment;
    names[index].sin_addr.s_addr = htonl(run.to.address);
    names[index].sin_port = htons(run.to.port);
    msghdr& header = messages[index].msg_hdr;
    header.msg_control = nullptr;
    header.msg_controllen = 0;
    if (run.interface != 0) {
        in_pktinfo by{};
        by.ipi_ifindex = static_cast<int>(run.interface);
        append_control(header, controls[index], IPPROTO_IP, IP_PKTINFO, by);
    }
    if (datagrams(index) > 1)
        append_control(header, controls[index], IPPROTO_UDP, UDP_SEGMENT,
                       static_cast<std::uint16_t>(run.segment));
}

// Of messages first to end: how many went, or -1 and errno.
int BatchSender::State::hand_over(int socket, std::size_t first, std::size_t end) {
    const auto left = std::span{messages}.subspan(first, end - first);
    return mode == IoMode::plain
               ? send_one_by_one(socket, left)
               : ::sendmmsg(socket, left.data(), static_cast<unsigned>(left.size()), MSG_DONTWAIT);
}

std::size_t BatchSender::State::datagrams(std::size_t index) const {
    const std::size_t bytes = buffers[index].iov_len;
    const std::size_t segment = segments[index];
    return segment == 0 || bytes <= segment ? 1 : (bytes + segment - 1) / segment;
}

void BatchSender::State::count_sent(std::size_t index, SendCounters& counters) const {
    ++counters.messages;
    counters.datagrams += datagrams(index);
    counters.bytes += buffers[index].iov_len;
}

// Of the message at `index`. True: it is lost, as the network may lose what it carries; the next gets its own
// try. False: it gets another one, without what the error may be about.
bool BatchSender::State::on_error(int error, std::size_t index, SendCounters& counters) {
    if (datagrams(index) > 1 && may_mean_no_segmentation(error)) {
        doubted = true;
        return false;
    }
    doubted = false;
    counters.failed += datagrams(index);
    counters.last_error = error;
    return true;
}

BatchSender::Progress BatchSender::send(int socket, std::span<const Sending> runs, SendCounters& counters) {
    State& s = *state_;
    Cursor at;
    while (at.run < runs.size()) {
        const std::size_t loaded = s.load(runs, at);
        for (std::size_t next = 0; next < loaded;) {
            const int sent = s.hand_over(socket, next, loaded);
            if (sent < 0) {
                if (errno == EINTR) continue;
                if (errno == EAGAIN || errno == EWOULDBLOCK) return {at.run, at.byte, true};
                if (errno == ENOSYS && s.mode != IoMode::plain) { // a sandbox without sendmmsg
                    s.mode = IoMode::plain;
                    break;
                }
                const bool doubted_before = s.doubted;
                if (s.on_error(errno, next, counters)) at.advance(runs, s.buffers[next++].iov_len);
                if (s.doubted != doubted_before) break; // the rest is to be cut another way
                continue;
            }
            // One of the doubted group's datagrams passed alone: the kernel cannot cut groups up here.
            if (s.doubted) s.mode = IoMode::batch;
            s.doubted = false;
            for (int i = 0; i < sent; ++i, ++next) {
                s.count_sent(next, counters);
                at.advance(runs, s.buffers[next].iov_len);
            }
        }
    }
    return {at.run, 0, false};
}

} // namespace cp::net
