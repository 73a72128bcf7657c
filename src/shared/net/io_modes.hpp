// Which of the kernel's ways UDP datagrams take, in each direction. The best is the default, and what the
// kernel does not know is stepped down from without being asked; tests and comparisons choose by
// CLOUDP2P_TEST_IO:
//
//   gso,gro   equal datagrams travel as one, both ways (the same as unset)
//   gso       so they leave, but are received one by one
//   gro       the other way round
//   batch     one by one, many for a system call
//   plain     one by one, a system call for each
#pragma once

#include "base/result.hpp"

#include <ostream>
#include <string_view>

namespace cp::net {

enum class IoMode {
    plain,     // sendmsg, recvmsg
    batch,     // sendmmsg, recvmmsg
    segmented, // those, with UDP_SEGMENT (GSO) or UDP_GRO
};

struct IoModes {
    IoMode send = IoMode::segmented;
    IoMode receive = IoMode::segmented;

    // Errors: bad_config with the form that is wanted.
    [[nodiscard]] static Outcome<IoModes> parse(std::string_view text);
    [[nodiscard]] static Outcome<IoModes> from_environment();

    bool operator==(const IoModes&) const = default;
};

std::ostream& operator<<(std::ostream&, IoMode);
std::ostream& operator<<(std::ostream&, const IoModes&);

} // namespace cp::net
