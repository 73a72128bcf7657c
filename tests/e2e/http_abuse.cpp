// What no browser does, for the hostile tests of the HTTP API. On 127.0.0.1 only.
//   http_abuse idle PORT COUNT SECONDS   opens COUNT connections, says "open N", keeps them that long
//   http_abuse slow PORT                 sends a head one byte every 200 ms; prints the answer's first line
//   http_abuse raw PORT                  sends standard input as it is, prints all that comes back
//   http_abuse stall PORT                as raw, but waits for the peer to end it, without saying that input
//   is over
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

int connect_to(int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) return fd;
    ::close(fd);
    return -1;
}

std::string read_all(int fd) {
    std::string out;
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count <= 0) return out;
        out.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

int idle(int port, int count, int seconds) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    std::vector<int> open;
    for (int i = 0; i < count; ++i)
        if (const int fd = connect_to(port); fd >= 0) open.push_back(fd);
    std::cout << "open " << open.size() << std::endl;
    std::this_thread::sleep_for(std::chrono::seconds{seconds});
    return 0;
}

int slow(int port) {
    const int fd = connect_to(port);
    constexpr std::string_view head =
        "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    for (char c : head) {
        pollfd answered{fd, POLLIN, 0};
        if (::poll(&answered, 1, 200) > 0 || ::send(fd, &c, 1, MSG_NOSIGNAL) != 1) break;
    }
    const std::string answer = read_all(fd);
    std::cout << answer.substr(0, answer.find('\r')) << std::endl;
    return 0;
}

int raw(int port, bool end) {
    const int fd = connect_to(port);
    const std::string bytes{std::istreambuf_iterator<char>{std::cin}, {}};
    for (std::string_view left = bytes; !left.empty();) {
        const ssize_t count = ::send(fd, left.data(), left.size(), MSG_NOSIGNAL);
        if (count <= 0) break;
        left.remove_prefix(static_cast<std::size_t>(count));
    }
    if (end) ::shutdown(fd, SHUT_WR);
    std::cout << read_all(fd);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() < 2) return 2;
    const int port = std::atoi(words[1].c_str());
    if (words[0] == "idle" && words.size() == 4)
        return idle(port, std::atoi(words[2].c_str()), std::atoi(words[3].c_str()));
    if (words[0] == "slow") return slow(port);
    if (words[0] == "raw") return raw(port, true);
    if (words[0] == "stall") return raw(port, false);
    return 2;
}
