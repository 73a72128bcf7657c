#include "net/priority.hpp"

#include <cerrno>
#include <cstring>
#include <sys/resource.h>

namespace cp::net {

std::string prefer_this_thread() {
    constexpr int nice = -19;
    if (::setpriority(PRIO_PROCESS, 0, nice) == 0)
        return "nice " + std::to_string(nice); // on Linux: this thread
    return std::string{"normal (no right to more: "} + std::strerror(errno) + ")";
}

} // namespace cp::net
