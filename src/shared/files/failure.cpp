#include "files/failure.hpp"

#include "base/utf8.hpp"

#include <cerrno>
#include <system_error>

namespace cp {
namespace {

Failure line(errc code, const std::filesystem::path& path, const std::string& words) {
    return {code, printable(path.native()) + ": " + words};
}

} // namespace

Failure read_failure(const std::filesystem::path& path, int error) {
    if (error == ENOENT || error == ENOTDIR) return line(errc::not_found, path, "no such file");
    return line(errc::unreadable, path, std::generic_category().message(error));
}

Failure write_failure(const std::filesystem::path& path, int error) {
    const std::string words = std::generic_category().message(error);
    // EFBIG: over the size that this process or file system may write; for the user the same kind of full.
    const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    if (full) return line(errc::disk_full, path, words);
    if (error == EEXIST) return line(errc::exists, path, "exists already");
    return line(errc::unwritable, path, words);
}

} // namespace cp
