#include "base/bulk_memory.hpp"
#include "base/utf8.hpp"
#include "files/descriptor.hpp"
#include "files/failure.hpp"
#include "files/files.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>

namespace cp {
namespace {

Failure refusal(errc code, const std::filesystem::path& path, const std::string& words) {
    return {code, printable(path.native()) + ": " + words};
}

// Reads until `size` bytes or the end of the file; -1 with errno on failure.
ssize_t read_fully(int fd, std::byte* to, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
        const ssize_t count = ::read(fd, to + done, size - done);
        if (count == 0) break;
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -1;
        done += static_cast<std::size_t>(count);
    }
    return static_cast<ssize_t>(done);
}

} // namespace

bool is_file(const std::filesystem::path& path) {
    std::error_code unknown;
    return std::filesystem::is_regular_file(path, unknown);
}

Outcome<Payload> read_file(const std::filesystem::path& path, std::uint64_t max) {
    const auto file = read_file_with_room(path, max, 0, 0);
    if (!file) return file.error();
    return file->payload();
}

Outcome<FileInMemory> read_file_with_room(const std::filesystem::path& path, std::uint64_t max,
                                          std::size_t front, std::size_t back) {
    // O_NONBLOCK: opening a pipe that nobody writes to must not hang before it is refused below.
    const Descriptor fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
    if (!fd) return read_failure(path, errno);
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return read_failure(path, errno);
    if (S_ISDIR(info.st_mode)) return refusal(errc::unreadable, path, "a folder, not a file");
    if (!S_ISREG(info.st_mode)) return refusal(errc::unreadable, path, "not a regular file");
    const auto size = static_cast<std::uint64_t>(info.st_size);
    if (size > max) {
        return refusal(errc::too_large, path,
                       std::to_string(size) + " bytes, the limit is " + std::to_string(max));
    }
    // One byte more than expected shows a file that grows. Not zeroed first: that would be a pass over it.
    FileInMemory file{bulk_memory(front + size + std::max<std::size_t>(back, 1)), front, size};
    if (!file.memory) return refusal(errc::too_large, path, "no memory for it");
    const ssize_t count = read_fully(fd.get(), file.memory.get() + front, size + 1);
    if (count < 0) return read_failure(path, errno);
    if (static_cast<std::uint64_t>(count) != size) {
        return refusal(errc::unreadable, path,
                       "somebody is writing to it: its size changed while it was read");
    }
    return file;
}

} // namespace cp
