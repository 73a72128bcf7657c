#include "files/entropy.hpp"

#include "base/check.hpp"

#include <cerrno>
#include <sys/random.h>

namespace cp {

void fill_random(std::span<std::byte> out) {
    while (!out.empty()) {
        const auto got = ::getrandom(out.data(), out.size(), 0);
        CP_CHECK(got > 0 || errno == EINTR);
        if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
    }
}

} // namespace cp
