#include "allocation_watch.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t largest_allocation = 0;

} // namespace

void* operator new(std::size_t size) {
    largest_allocation = std::max(largest_allocation, size);
    if (void* memory = std::malloc(size != 0 ? size : 1)) return memory;
    throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace cp::test {

AllocationWatch::AllocationWatch() { largest_allocation = 0; }
std::size_t AllocationWatch::largest() const { return largest_allocation; }

} // namespace cp::test
