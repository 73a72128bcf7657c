#include "net/priority.hpp"

#include <cerrno>
#include <cstring>
#include <sched.h>
#include <sys/resource.h>

namespace cp::net {
namespace {

// The lowest real-time priority is above all that is not real-time. Threads made later do not inherit it.
bool set_round_robin() {
    sched_param lowest{};
    lowest.sched_priority = ::sched_get_priority_min(SCHED_RR);
    return ::sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &lowest) == 0;
}

} // namespace

std::string prefer_this_thread() {
    if (set_round_robin()) return "SCHED_RR";
    constexpr int nice = -19;
    if (::setpriority(PRIO_PROCESS, 0, nice) == 0)
        return "nice " + std::to_string(nice); // on Linux: this thread
    return std::string{"normal (no right to more: "} + std::strerror(errno) + ")";
}

bool realtime_granted() {
    if (!set_round_robin()) return false;
    const sched_param none{};
    return ::sched_setscheduler(0, SCHED_OTHER, &none) == 0;
}

} // namespace cp::net
