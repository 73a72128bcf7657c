#include "base/bulk_memory.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <mutex>
#include <new>
#include <sys/mman.h>
#include <utility>
#include <vector>

namespace cp {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20U; // of x86-64, and of ARM64 with pages of 4 KiB
constexpr std::size_t page = 4096;
constexpr std::size_t largest = std::size_t{1} << 46U;
constexpr std::size_t worth_keeping = std::size_t{128} << 10U;
constexpr std::size_t most_kept = std::size_t{24} << 20U;

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

std::byte* take(std::size_t size) {
    return size < huge_page ? new (std::nothrow) std::byte[size] : map_aligned(size);
}

void give_back(std::byte* bytes, std::size_t size) {
    if (size < huge_page) {
        delete[] bytes;
    } else {
        ::munmap(bytes, size);
    }
}

// Blocks without an owner, oldest first.
class Shelf {
public:
    Shelf() { blocks_.reserve(most_kept / worth_keeping); }
    // A block of at least `size` and at most an eighth more; null: there is none.
    std::pair<std::byte*, std::size_t> find(std::size_t size) {
        const std::scoped_lock lock{mutex_};
        const auto fits = [size](const Block& b) { return b.size >= size && b.size - size <= size / 8; };
        const auto found = std::find_if(blocks_.rbegin(), blocks_.rend(), fits);
        if (found == blocks_.rend()) return {};
        const Block block = *found;
        blocks_.erase(std::next(found).base());
        kept_ -= block.size;
        return {block.bytes, block.size};
    }
    void put(std::byte* bytes, std::size_t size) {
        if (size < worth_keeping || size > most_kept) return give_back(bytes, size);
        std::unique_lock lock{mutex_};
        while (kept_ + size > most_kept) {
            const Block oldest = blocks_.front();
            blocks_.erase(blocks_.begin());
            kept_ -= oldest.size;
            lock.unlock(); // a real-time thread that wants a block waits for nobody's munmap
            give_back(oldest.bytes, oldest.size);
            lock.lock();
        }
        blocks_.push_back({bytes, size});
        kept_ += size;
    }

private:
    struct Block {
        std::byte* bytes;
        std::size_t size;
    };
    std::mutex mutex_;
    std::vector<Block> blocks_;
    std::size_t kept_ = 0;
};

// Never destroyed: the last owners may go when the program ends.
Shelf& shelf() {
    static Shelf& one = *new Shelf;
    return one;
}

} // namespace

std::shared_ptr<std::byte> bulk_memory(std::size_t size) {
    if (size > largest) return nullptr;
    const std::size_t wanted = size < huge_page ? size : rounded_up(size, page);
    auto [bytes, whole] =
        wanted < worth_keeping ? std::pair<std::byte*, std::size_t>{} : shelf().find(wanted);
    if (bytes == nullptr) {
        bytes = take(wanted);
        whole = wanted;
    }
    if (bytes == nullptr) return nullptr;
    return {bytes, [whole = whole](std::byte* memory) { shelf().put(memory, whole); }};
}

} // namespace cp
