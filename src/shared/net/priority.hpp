// Asks the scheduler to prefer the calling thread, so that a busy machine does not look like a dead leader.
#pragma once

#include <string>

namespace cp::net {

// What the thread got, for the log: "nice -19", or "normal (no right to more: …)". Threads that it starts
// later inherit it: start workers first. Never fails.
[[nodiscard]] std::string prefer_this_thread();

} // namespace cp::net
