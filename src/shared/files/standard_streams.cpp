#include "files/standard_streams.hpp"

#include <fcntl.h>
#include <initializer_list>
#include <iostream>
#include <unistd.h>

namespace cp {

void fill_standard_streams() noexcept {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(fd, F_GETFD) < 0)
            (void)::open("/dev/null", O_RDWR); // gets the lowest free number: this one
}

int end_of_output(std::string_view program, int code) {
    std::cout.flush();
    if (std::cout) return code;
    std::cerr << program << ": standard output: not everything could be written\n";
    return code == 0 ? 1 : code;
}

} // namespace cp
