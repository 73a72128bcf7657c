#include "config/secret_file.hpp"

#include "base/utf8.hpp"
#include "files/failure.hpp"
#include "files/files.hpp"

#include <cerrno>
#include <sys/stat.h>

namespace cp::config {

Outcome<std::string> read_secret(const std::filesystem::path& path, std::string_view what) {
    constexpr std::uint64_t largest = 1024;
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return read_failure(path, errno);
    if (S_ISREG(status.st_mode) && (status.st_mode & 0077U) != 0) {
        return Failure{errc::permissions, printable(path.native()) + ": others can read this " +
                                              std::string{what} + ": chmod 600 " + shell_quoted(path)};
    }
    const auto bytes = read_file(path, largest);
    if (!bytes) return bytes.error();
    return std::string{as_text(bytes->view())};
}

std::string shell_quoted(const std::filesystem::path& path) {
    static constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/+:@%";
    std::string text = printable(path.native());
    if (text.find_first_not_of(plain) == std::string::npos) return text;
    std::string out{'\''};
    for (char c : text) {
        if (c == '\'') out += "'\\'";
        out += c;
    }
    return out + '\'';
}

} // namespace cp::config
