// Memory for whole objects. The first touch of a 4 KiB page costs as much as hashing it, and every object is
// written once; so from 2 MiB on it is asked for in huge pages, and blocks of 128 KiB and more that their
// last owner lets go of serve the next objects of their size: the last 24 MiB of them, what is older goes
// back to the system. Neither zeroed by us nor counted against any budget (transfer/memory_budget.hpp). Any
// thread.
#pragma once

#include <cstddef>
#include <memory>

namespace cp {

// Null: the system has none, or `size` is absurd. A size of 0 gives an owner of no bytes.
[[nodiscard]] std::shared_ptr<std::byte> bulk_memory(std::size_t size);

} // namespace cp
