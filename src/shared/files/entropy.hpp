// The operating system's random generator, for what must not be guessed: sessions, seeds, keys. Any thread.
#pragma once

#include <cstddef>
#include <span>

namespace cp {

// Fills all of it. The only failure is a kernel without getrandom(2): then the program stops (CP_CHECK).
void fill_random(std::span<std::byte>);

} // namespace cp
