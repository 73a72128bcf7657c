#include "base/check.hpp"

#include <cstdlib>
#include <exception>
#include <string>
#include <unistd.h>

namespace cp::detail {

void check_failed(const char* condition, const char* file, int line) noexcept {
    const std::string text =
        std::string{file} + ':' + std::to_string(line) + ": broken invariant: " + condition + '\n';
    // Nothing that could allocate further or lock may stand between the bug and the core dump.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    std::abort();
}

} // namespace cp::detail
