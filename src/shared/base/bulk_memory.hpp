// Memory for whole objects. From 2 MiB on it is asked for in huge pages: the first touch of a 4 KiB page
// costs as much as hashing it, and every object is written once into memory that nobody has touched. Such
// memory goes back to the system when its last owner lets go of it; smaller blocks are the allocator's. Not
// zeroed by us, not counted against any budget (transfer/memory_budget.hpp). Any thread.
#pragma once

#include <cstddef>
#include <memory>

namespace cp {

// Null: the system has none, or `size` is absurd. A size of 0 gives an owner of no bytes.
[[nodiscard]] std::shared_ptr<std::byte> bulk_memory(std::size_t size);

} // namespace cp
