// A network namespace of the calling thread's own: interfaces that a test may make, slow down and throw away.
// Needs root and iproute2; a test that gets none says so and passes over.
#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <sched.h>
#include <string>
#include <thread>

namespace cp::test {

[[nodiscard]] inline bool shell(const std::string& command) {
    return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

// Runs `body` in a thread with a fresh namespace that `setup` (a shell command) prepared.
template <class Body>
void in_private_network(const std::string& setup, Body body) {
    std::thread{[&] {
        // Only this thread moves; children inherit its namespace, and it goes away with the thread.
        if (::unshare(CLONE_NEWNET) != 0 || !shell("ip link set lo up && " + setup)) {
            BOOST_TEST_MESSAGE("passed over: no private network here (" << setup << ")");
            return;
        }
        body();
    }}.join();
}

} // namespace cp::test
