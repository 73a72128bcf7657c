// A thread to which the kernel answers some system calls as one that does not have them.
#pragma once

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <cstddef>
#include <initializer_list>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <thread>
#include <vector>

namespace cp::test {

// Runs `body` in a thread of its own, where `calls` fail with ENOSYS.
template <class Body>
void without_system_calls(std::initializer_list<long> calls, Body body) {
    std::vector<sock_filter> program{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    for (const long call : calls) {
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1));
        program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
    }
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    std::thread{[&] {
        const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
        const bool locked = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                            ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
        if (!locked) {
            BOOST_TEST_MESSAGE("passed over: no system call filters here");
            return;
        }
        body();
    }}.join();
}

} // namespace cp::test
