// TCP to each: one connection a receiver, all at once, the connections open before the time begins.
// Keys: to (addresses with commas; sender), cc (congestion control of the sender).
#include "bench_object.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr int port = 7802;

sockaddr_in at(in_addr_t address) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = address;
    return to;
}

int connect_to(const std::string& address, const std::string& control) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    bench::require(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, control.data(),
                              static_cast<socklen_t>(control.size())) == 0,
                   "no such congestion control here");
    const int yes = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const sockaddr_in to = at(inet_addr(address.c_str()));
    bench::require(connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0, "connect");
    return fd;
}

void send(bench::CommandLine& line) {
    std::vector<pollfd> open;
    std::istringstream list{line.text("to")};
    for (std::string address; std::getline(list, address, ',');)
        open.push_back({connect_to(address, line.text("cc", "cubic")), POLLOUT, 0});
    std::vector<std::size_t> sent(open.size());
    const auto& object = line.object();
    std::size_t left = open.size();
    bench::say("begin", bench::now_us());
    while (left > 0) {
        bench::require(poll(open.data(), open.size(), -1) > 0, "poll");
        for (std::size_t i = 0; i < open.size(); ++i) {
            if ((open[i].revents & POLLOUT) == 0) continue;
            const auto count = ::send(open[i].fd, object.data() + sent[i], object.size() - sent[i],
                                      MSG_DONTWAIT | MSG_NOSIGNAL);
            if (count < 0) {
                bench::require(errno == EAGAIN, "send");
                continue;
            }
            sent[i] += static_cast<std::size_t>(count);
            if (sent[i] < object.size()) continue;
            open[i].events = 0;
            --left;
        }
    }
    for (;;) pause(); // what the kernel still holds goes out; the bench ends us
}

void receive(bench::CommandLine& line) {
    const int door = socket(AF_INET, SOCK_STREAM, 0);
    const int yes = 1; // the last transfer's connection may still be remembered
    (void)setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const sockaddr_in any = at(INADDR_ANY);
    bench::require(bind(door, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0, "bind");
    bench::require(listen(door, 1) == 0, "listen");
    std::vector<char> bytes(line.object().size());
    bench::say("ready");
    const int fd = accept(door, nullptr, nullptr);
    std::size_t got = 0;
    while (got < bytes.size()) {
        const auto count = recv(fd, bytes.data() + got, bytes.size() - got, 0);
        bench::require(count > 0, "the connection ended");
        got += static_cast<std::size_t>(count);
    }
    bench::done(bench::now_us(), line.object(), bytes.data(), bytes.size());
}

} // namespace

int main(int argc, char** argv) {
    bench::CommandLine line{argc, argv};
    if (line.sends())
        send(line);
    else
        receive(line);
}
