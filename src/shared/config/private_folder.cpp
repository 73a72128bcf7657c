#include "config/private_folder.hpp"

#include "files/failure.hpp"
#include "files/files.hpp"

#include <cerrno>
#include <sys/stat.h>

namespace cp::config {

Outcome<void> make_private_folder(const std::filesystem::path& path) {
    if (auto made = make_folders(path.parent_path()); !made) return made.error();
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return write_failure(path, errno);
    return make_folders(path); // there now, unless something else has its name
}

} // namespace cp::config
