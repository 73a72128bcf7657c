// Touches as many bytes as it is told, in huge pages where there are any, and gives them back. A virtual
// machine's host takes free memory away after a second or two, and whoever touches it next pays a hundred
// times what memory costs that the host still backs.
#include "base/bulk_memory.hpp"

#include <cstdlib>

int main(int argc, char** argv) {
    const std::size_t size = argc == 2 ? std::strtoull(argv[1], nullptr, 10) : 0;
    const auto memory = cp::bulk_memory(size);
    if (memory == nullptr) return 1;
    for (std::size_t at = 0; at < size; at += 4096) memory.get()[at] = std::byte{1};
}
