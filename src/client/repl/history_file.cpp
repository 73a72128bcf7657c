#include "repl/history_file.hpp"

#include "files/descriptor.hpp"
#include "files/files.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>

namespace cp::client {
namespace {

constexpr std::uint64_t file_max = 4U << 20U; // bytes; what is larger was not written by us

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end > 0) lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

void rewrite(const std::filesystem::path& path, const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text.append(line).append("\n");
    static_cast<void>(write_file_atomic(path, as_bytes(text), FileMode::secret));
}

} // namespace

std::vector<std::string> load_history(const std::filesystem::path& path) {
    const Outcome<Payload> bytes = read_file(path, file_max);
    if (!bytes) return {};
    std::vector<std::string> lines = lines_of(as_text(bytes->view()));
    const bool far_too_long = lines.size() > 2 * history_lines_max;
    if (lines.size() > history_lines_max) {
        lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(history_lines_max));
    }
    if (far_too_long) rewrite(path, lines);
    return lines;
}

void append_history(const std::filesystem::path& path, std::string_view line) {
    if (!make_folders(path.parent_path())) return;
    const Descriptor fd{::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)};
    if (!fd || ::fchmod(fd.get(), 0600) != 0) return;
    // One write: lines of sessions that run at the same time do not mix.
    const std::string text = std::string{line} + '\n';
    [[maybe_unused]] const auto written = ::write(fd.get(), text.data(), text.size());
}

} // namespace cp::client
