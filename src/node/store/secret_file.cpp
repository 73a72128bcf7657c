#include "store/secret_file.hpp"

#include "base/utf8.hpp"
#include "files/files.hpp"

namespace cp::store {

Outcome<Payload> read_secret_file(const std::filesystem::path& path, std::uint64_t max) {
    namespace fs = std::filesystem;
    std::error_code unknown; // then reading says why
    const auto status = fs::status(path, unknown);
    const bool open_to_all = (status.permissions() & fs::perms::others_read) != fs::perms::none;
    if (!unknown && fs::is_regular_file(status) && open_to_all) {
        const std::string name = printable(path.native());
        return Failure{errc::permissions, name + ": everybody here can read these keys: chmod o-r " + name};
    }
    return read_file(path, max);
}

} // namespace cp::store
