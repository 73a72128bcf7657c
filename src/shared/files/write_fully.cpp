#include "files/write_fully.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <unistd.h>

namespace cp {
namespace {

// What a disk transfers from memory by itself is aligned so, or more finely.
constexpr std::size_t disk_block = 4096;
// A smaller file costs less in the page cache than a wait for the disk.
constexpr std::size_t worth_going_direct = std::size_t{2} << 20U;

// The part of `bytes` that can go from memory to the disk without the page cache, whose new pages cost more
// than all that was done to the bytes before; they would soon be pushed out again.
std::size_t direct_part(ByteView bytes) {
    const bool aligned = std::bit_cast<std::uintptr_t>(bytes.data()) % disk_block == 0;
    return aligned && bytes.size() >= worth_going_direct ? bytes.size() / disk_block * disk_block : 0;
}

bool set_direct(int fd, bool on) {
    const int flags = ::fcntl(fd, F_GETFL);
    return flags >= 0 && ::fcntl(fd, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

} // namespace

int write_fully(int fd, ByteView bytes) {
    // Below the 2 GiB that one call takes at most.
    constexpr std::size_t chunk = std::size_t{1} << 30U;
    std::size_t direct = direct_part(bytes);
    if (direct > 0 && !set_direct(fd, true)) direct = 0; // not every file system can
    for (std::size_t done = 0; done < bytes.size();) {
        const std::size_t end = done < direct ? direct : bytes.size();
        const ssize_t count = ::write(fd, bytes.data() + done, std::min(end - done, chunk));
        if (count < 0 && errno == EINTR) continue;
        const bool refused = count < 0 && errno == EINVAL;
        if (count < 0 && !(refused && done < direct)) return errno;
        if (count > 0) done += static_cast<std::size_t>(count);
        // The rest of a block, and whatever the disk wants aligned otherwise, go the usual way.
        const bool unaligned = done < direct && done % disk_block != 0;
        if (direct > 0 && (refused || unaligned || done >= direct)) {
            if (!set_direct(fd, false)) return errno;
            direct = 0;
        }
    }
    return 0;
}

} // namespace cp
