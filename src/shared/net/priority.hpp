// Asks the scheduler to prefer the calling thread, so that a busy machine does not look like a dead leader.
#pragma once

#include <string>

namespace cp::net {

// What the thread got, for the log: "SCHED_RR", "nice -19", or "normal (no right to more: …)". Threads that
// it starts later may inherit the niceness: start workers first. Never fails.
[[nodiscard]] std::string prefer_this_thread();

// Whether prefer_this_thread() would get SCHED_RR. Leaves the thread as it was.
[[nodiscard]] bool realtime_granted();

} // namespace cp::net
