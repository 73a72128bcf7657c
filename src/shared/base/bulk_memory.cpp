#include "base/bulk_memory.hpp"

#include <bit>
#include <cstdint>
#include <new>
#include <sys/mman.h>

namespace cp {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20U; // of x86-64, and of ARM64 with pages of 4 KiB
constexpr std::size_t page = 4096;
constexpr std::size_t largest = std::size_t{1} << 46U;

constexpr std::size_t rounded_up(std::size_t size, std::size_t to) { return (size + to - 1) / to * to; }

// Begins at a multiple of a huge page, or the first of them would consist of small ones. The end stays as
// short as it is: what lies behind the last whole huge page is touched page by page.
std::byte* map_aligned(std::size_t size) {
    void* const all =
        ::mmap(nullptr, size + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) return nullptr;
    auto* const begin = static_cast<std::byte*>(all);
    const auto address = std::bit_cast<std::uintptr_t>(begin);
    const std::size_t before = rounded_up(address, huge_page) - address;
    if (before > 0) ::munmap(begin, before);
    if (before < huge_page) ::munmap(begin + before + size, huge_page - before);
    ::madvise(begin + before, size, MADV_HUGEPAGE); // a wish: without it the pages are small
    return begin + before;
}

} // namespace

std::shared_ptr<std::byte> bulk_memory(std::size_t size) {
    if (size > largest) return nullptr;
    if (size < huge_page) {
        auto* const bytes = new (std::nothrow) std::byte[size];
        return {bytes, std::default_delete<std::byte[]>{}};
    }
    const std::size_t whole = rounded_up(size, page);
    std::byte* const bytes = map_aligned(whole);
    if (bytes == nullptr) return nullptr;
    return {bytes, [whole](std::byte* memory) { ::munmap(memory, whole); }};
}

} // namespace cp
