// The raw multicast blast: the object in datagrams as fast as the kernel takes them (UDP_SEGMENT), received
// with UDP_GRO. Nothing is repaired, nothing is sealed: no bound that must be reached, but what sockets alone
// give. Keys: group, address (own). The receiver says "done US BYTES": when the last datagram came, and how
// much did.
#include "bench_object.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#define UDP_GRO 104
#endif

namespace {

constexpr int port = 7801;
constexpr std::size_t segment = 1472;
constexpr std::size_t batch = segment * 44; // the most that fits one UDP_SEGMENT call
constexpr int buffer = 32 << 20;            // as much as the kernel gives

sockaddr_in at(const std::string& address) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    bench::require(inet_pton(AF_INET, address.c_str(), &to.sin_addr) == 1, "an address is wrong");
    return to;
}

void send(int fd, bench::CommandLine& line) {
    const sockaddr_in group = at(line.text("group", "239.255.67.90"));
    const in_addr own = at(line.text("address")).sin_addr;
    bench::require(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &own, sizeof own) == 0, "interface");
    bench::require(connect(fd, reinterpret_cast<const sockaddr*>(&group), sizeof group) == 0, "connect");
    const int size = segment;
    bench::require(setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size) == 0, "no UDP_SEGMENT here");
    const auto& object = line.object();
    bench::say("begin", bench::now_us());
    for (std::size_t from = 0; from < object.size();) {
        const std::size_t count = std::min(batch, object.size() - from);
        if (::send(fd, object.data() + from, count, 0) < 0) continue; // full for now
        from += count;
    }
    for (int i = 0; i < 20; ++i) { // one byte: over
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
        (void)::send(fd, "", 1, 0);
    }
}

void receive(int fd, bench::CommandLine& line) {
    const int yes = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    (void)setsockopt(fd, IPPROTO_UDP, UDP_GRO, &yes, sizeof yes);
    const sockaddr_in group = at(line.text("group", "239.255.67.90"));
    bench::require(bind(fd, reinterpret_cast<const sockaddr*>(&group), sizeof group) == 0, "bind");
    const ip_mreq join{group.sin_addr, at(line.text("address")).sin_addr};
    bench::require(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &join, sizeof join) == 0, "join");
    std::array<char, 65536> space;
    std::size_t got = 0;
    long long last = 0;
    bench::say("ready");
    for (;;) {
        const auto count = recv(fd, space.data(), space.size(), 0);
        if (count == 1) break;
        if (count <= 0) continue;
        got += static_cast<std::size_t>(count);
        last = bench::now_us();
    }
    std::printf("done %lld %zu\n", last, got);
}

} // namespace

int main(int argc, char** argv) {
    bench::CommandLine line{argc, argv};
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    bench::require(fd >= 0, "socket");
    (void)setsockopt(fd, SOL_SOCKET, line.sends() ? SO_SNDBUFFORCE : SO_RCVBUFFORCE, &buffer, sizeof buffer);
    if (line.sends())
        send(fd, line);
    else
        receive(fd, line);
    close(fd);
}
