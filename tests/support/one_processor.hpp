// Datagrams of one processor keep their order. Two hand on what a qdisc holds, or what waits for the
// receiver, in any order, and a thread may move in the middle: a test that asserts an order stays where it
// is.
#pragma once

#include <boost/test/unit_test.hpp>

#include <sched.h>

namespace cp::test {

class OneProcessor {
public:
    // The calling thread, and those that it starts, until the end of the scope.
    OneProcessor() {
        BOOST_TEST(::sched_getaffinity(0, sizeof before_, &before_) == 0);
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
        BOOST_TEST(::sched_setaffinity(0, sizeof one, &one) == 0);
    }
    ~OneProcessor() { BOOST_TEST(::sched_setaffinity(0, sizeof before_, &before_) == 0); }
    OneProcessor(const OneProcessor&) = delete;
    OneProcessor& operator=(const OneProcessor&) = delete;

private:
    cpu_set_t before_{};
};

} // namespace cp::test
