#include "repl/input.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace cp::client {

Input::Input(int fd) : fd_{fd}, stopped_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {}

std::size_t Input::read(std::span<char> to) {
    for (;;) {
        std::array<pollfd, 2> ready{{{fd_, POLLIN, 0}, {stopped_.get(), POLLIN, 0}}};
        if (::poll(ready.data(), ready.size(), -1) < 0) {
            if (errno == EINTR) continue;
            return 0;
        }
        if (ready[1].revents != 0) return 0;
        const ssize_t count = ::read(fd_, to.data(), to.size());
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR && errno != EAGAIN) return 0;
    }
}

void Input::stop() noexcept {
    const int before = errno;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(stopped_.get(), &one, sizeof one);
    errno = before;
}

} // namespace cp::client
