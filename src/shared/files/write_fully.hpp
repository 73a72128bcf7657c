// All bytes into a descriptor.
#pragma once

#include "base/bytes.hpp"

namespace cp {

// From the start of a file that nobody else knows; large and aligned memory goes to the disk directly,
// without the page cache (O_DIRECT), where the file system can. 0 or errno.
[[nodiscard]] int write_fully(int fd, ByteView bytes);

} // namespace cp
