// The raw multicast blast: the object in datagrams as fast as the kernel takes them (UDP_SEGMENT), received
// with UDP_GRO. Nothing is repaired, nothing is sealed: no bound that must be reached, but what sockets alone
// give. Keys: group, address (own). The receiver says "done US BYTES": when the last datagram came, and how
// much did.
#include "bench_object.hpp"
#include "crypto/seal.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <span>
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
constexpr std::size_t header = 36;          // of ours; here it holds the counter
constexpr std::size_t room = segment - header - cp::seal_tag_size;
constexpr int buffer = 32 << 20; // as much as the kernel gives

sockaddr_in at(const std::string& address) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    bench::require(inet_pton(AF_INET, address.c_str(), &to.sin_addr) == 1, "an address is wrong");
    return to;
}

class Seal {
public:
    // The next batch, from `object` at `from`; returns how much of it went in. The last datagrams may be
    // padded.
    std::size_t fill(std::vector<char>& flight, const std::vector<char>& object, std::size_t from) {
        std::size_t taken = 0;
        for (std::size_t at = 0; at < flight.size(); at += segment) {
            const std::size_t count = std::min(room, object.size() - from - taken);
            std::memcpy(flight.data() + at, &++counter_, sizeof counter_);
            std::memcpy(flight.data() + at + header, object.data() + from + taken, count);
            const auto bytes = std::as_writable_bytes(std::span{flight}).subspan(at, segment);
            cipher_.seal({1, counter_}, bytes.first(header), {}, bytes.subspan(header, room),
                         bytes.subspan(header));
            taken += count;
        }
        return taken;
    }
    // How much was in what arrived together.
    std::size_t open(std::span<std::byte> arrived) {
        std::size_t got = 0;
        for (; arrived.size() >= segment; arrived = arrived.subspan(segment)) {
            std::memcpy(&counter_, arrived.data(), sizeof counter_);
            const auto sealed = arrived.subspan(header, segment - header);
            if (cipher_.open({1, counter_}, arrived.first(header), {}, sealed, sealed.first(room)))
                got += room;
        }
        return got;
    }

private:
    cp::SealCipher cipher_{{}, {}, "bench"};
    std::uint64_t counter_ = 0;
};

void send(int fd, bench::CommandLine& line) {
    const sockaddr_in group = at(line.text("group", "239.255.67.90"));
    const in_addr own = at(line.text("address")).sin_addr;
    bench::require(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &own, sizeof own) == 0, "interface");
    bench::require(connect(fd, reinterpret_cast<const sockaddr*>(&group), sizeof group) == 0, "connect");
    const int size = segment;
    bench::require(setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size) == 0, "no UDP_SEGMENT here");
    const auto& object = line.object();
    const bool sealed = line.number("seal") != 0;
    Seal seal;
    std::vector<char> flight(batch);
    const char* bytes = object.data();
    bench::say("begin", bench::now_us());
    for (std::size_t from = 0; from < object.size();) {
        std::size_t count = std::min(batch, object.size() - from);
        std::size_t taken = count;
        if (sealed) {
            taken = seal.fill(flight, object, from);
            count = batch;
        }
        while (::send(fd, sealed ? flight.data() : bytes + from, count, 0) < 0) {
        } // full for now
        from += taken;
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
    const bool sealed = line.number("seal") != 0;
    Seal seal;
    std::size_t got = 0;
    long long last = 0;
    bench::say("ready");
    for (;;) {
        const auto count = recv(fd, space.data(), space.size(), 0);
        if (count == 1) break;
        if (count <= 0) continue;
        const auto size = static_cast<std::size_t>(count);
        got += sealed ? seal.open(std::as_writable_bytes(std::span{space}).first(size)) : size;
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
