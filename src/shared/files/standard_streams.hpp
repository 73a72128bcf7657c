// Standard input, output and error as a program's first step finds them.
#pragma once

namespace cp {

// Opens /dev/null where the caller left one of the descriptors 0, 1 and 2 closed: else the next socket or
// file would get that number, and what is printed would go into it. Before anything else is opened.
void fill_standard_streams() noexcept;

} // namespace cp
