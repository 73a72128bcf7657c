// Sends datagrams that nobody wants to a multicast group on loopback, at a steady rate, and says how many.
//   flood GROUP PORT RATE SECONDS KIND
//     RATE    datagrams a second, over both ports: PORT of GROUP, and PORT + 1 of the next group
//     KIND    random    any bytes, of any size that fits a datagram
//             header    a frame header that passes the cheap checks of cluster "default", a session never
//             seen before session   the same, all of one session
// TTL 0 and the loopback interface: nothing leaves the machine.
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <netinet/in.h>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t header_size = 28;
constexpr std::size_t session_at = 8;
constexpr std::size_t session_size = 12;
constexpr std::size_t number_at = 20;
constexpr std::size_t largest = 1472; // of an Ethernet
constexpr std::size_t batch_max = 64;
constexpr std::uint64_t rate_max = 200'000;
constexpr std::uint64_t seconds_max = 60;
// SHA-256("default") begins so.
constexpr std::array<std::uint8_t, 4> cluster{0x37, 0xa8, 0xee, 0xc1};

enum class Kind { random, header, session };

Kind kind_of(std::string_view word) {
    if (word == "random") return Kind::random;
    if (word == "header") return Kind::header;
    if (word == "session") return Kind::session;
    throw std::invalid_argument("KIND is random, header or session");
}

class Garbage {
public:
    explicit Garbage(Kind kind) : kind_{kind} { fill(session_.data(), session_.size()); }

    void next(std::vector<std::uint8_t>& datagram) {
        datagram.resize(std::uniform_int_distribution<std::size_t>{0, largest}(rng_));
        fill(datagram.data(), datagram.size());
        if (kind_ != Kind::random && datagram.size() >= header_size) put_header(datagram);
    }

private:
    void fill(std::uint8_t* at, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) {
            if (i % 8 == 0) word_ = rng_();
            at[i] = static_cast<std::uint8_t>(word_ >> (i % 8 * 8));
        }
    }

    void put_header(std::vector<std::uint8_t>& datagram) {
        constexpr std::uint8_t version_one = 0x10;
        datagram[0] = 'C';
        datagram[1] = 'P';
        datagram[2] = static_cast<std::uint8_t>(version_one | rng_() % 3); // the lane
        datagram[3] = static_cast<std::uint8_t>(1 + rng_() % 24);          // some message
        std::copy(cluster.begin(), cluster.end(), datagram.begin() + 4);
        if (kind_ == Kind::session)
            std::copy(session_.begin(), session_.end(), datagram.begin() + session_at);
        ++number_;
        for (std::size_t i = 0; i < 8; ++i)
            datagram[number_at + i] = static_cast<std::uint8_t>(number_ >> (56 - 8 * i));
    }

    Kind kind_;
    std::mt19937_64 rng_{1};
    std::uint64_t word_ = 0;
    std::uint64_t number_ = 0;
    std::array<std::uint8_t, session_size> session_{};
};

int loopback_socket() {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const in_addr loopback{htonl(INADDR_LOOPBACK)};
    const unsigned char ttl = 0;
    if (fd < 0 || ::setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof loopback) != 0 ||
        ::setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl) != 0)
        throw std::system_error(errno, std::generic_category(), "socket");
    return fd;
}

sockaddr_in endpoint(std::uint32_t address, std::uint16_t port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(address);
    to.sin_port = htons(port);
    return to;
}

class Flood {
public:
    Flood(std::uint32_t group, std::uint16_t port, Kind kind)
        : fd_{loopback_socket()}, garbage_{kind}, to_{endpoint(group, port),
                                                      endpoint(group + 1,
                                                               static_cast<std::uint16_t>(port + 1))} {}

    // A full socket buffer drops datagrams here; they are not counted.
    std::uint64_t send(std::size_t count) {
        std::array<mmsghdr, batch_max> messages{};
        std::array<iovec, batch_max> parts{};
        for (std::size_t i = 0; i < count; ++i) {
            garbage_.next(datagrams_[i]);
            parts[i] = {datagrams_[i].data(), datagrams_[i].size()};
            messages[i].msg_hdr.msg_name = &to_[i % to_.size()];
            messages[i].msg_hdr.msg_namelen = sizeof to_[0];
            messages[i].msg_hdr.msg_iov = &parts[i];
            messages[i].msg_hdr.msg_iovlen = 1;
        }
        const int sent = ::sendmmsg(fd_, messages.data(), static_cast<unsigned>(count), 0);
        return static_cast<std::uint64_t>(std::max(sent, 0));
    }

private:
    int fd_;
    Garbage garbage_;
    std::array<sockaddr_in, 2> to_;
    std::array<std::vector<std::uint8_t>, batch_max> datagrams_;
};

std::uint64_t number(const char* text, std::uint64_t most) {
    const std::uint64_t value = std::stoull(text);
    if (value == 0 || value > most)
        throw std::invalid_argument(std::string{text} + " is not in 1.." + std::to_string(most));
    return value;
}

// Keeps to the schedule on average: a late batch is followed by the next one at once.
std::uint64_t run(Flood& flood, std::uint64_t rate, std::uint64_t seconds) {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    const auto interval = std::chrono::nanoseconds{1'000'000'000} * batch_max / rate;
    std::uint64_t sent = 0;
    for (std::uint64_t i = 0; i * batch_max < rate * seconds; ++i) {
        std::this_thread::sleep_until(begin + i * interval);
        if (Clock::now() > begin + std::chrono::seconds{seconds}) break;
        sent += flood.send(batch_max);
    }
    return sent;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc != 6)
            throw std::invalid_argument("usage: flood GROUP PORT RATE SECONDS random|header|session");
        in_addr group{};
        if (::inet_pton(AF_INET, argv[1], &group) != 1 || !IN_MULTICAST(ntohl(group.s_addr)))
            throw std::invalid_argument("GROUP is a multicast address");
        const auto port = static_cast<std::uint16_t>(number(argv[2], 65534));
        const std::uint64_t rate = number(argv[3], rate_max);
        const std::uint64_t seconds = number(argv[4], seconds_max);
        Flood flood{ntohl(group.s_addr), port, kind_of(argv[5])};
        std::cout << run(flood, rate, seconds) << '\n';
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::cerr << "flood: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
