// Holds a UDP port on loopback for itself alone, as a program that knows nothing of ours would, until it is
// stopped.
//   hold_port PORT
#include <arpa/inet.h>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: hold_port PORT\n";
        return 2;
    }
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_ANY);
    at.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) {
        std::cerr << "hold_port: cannot bind\n";
        return EXIT_FAILURE;
    }
    std::cout << "held" << std::endl;
    for (;;) ::pause();
}
