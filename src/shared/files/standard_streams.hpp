// Standard input, output and error, in the first and the last step of a program.
#pragma once

#include <string_view>

namespace cp {

// Opens /dev/null where the caller left one of the descriptors 0, 1 and 2 closed: else the next socket or
// file would get that number, and what is printed would go into it. Before anything else is opened.
void fill_standard_streams() noexcept;

// The exit code: `code`, or 1 instead of 0 if something that went to std::cout was not written (a full disk
// under a redirection), which is then also said on standard error.
[[nodiscard]] int end_of_output(std::string_view program, int code);

} // namespace cp
