#include "config/data_dir.hpp"

#include "base/utf8.hpp"
#include "config/private_folder.hpp"
#include "files/entropy.hpp"
#include "files/failure.hpp"
#include "files/files.hpp"

#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <limits>
#include <string>
#include <sys/file.h>
#include <unistd.h>

namespace cp {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_state_file = 4096;
constexpr int most_automatic_nodes = 1000; // on one machine; ends the search for a free directory

// The whole text up to a newline as a number; 0 for anything else.
std::uint64_t number_in(std::string_view text) {
    text = text.substr(0, text.find('\n'));
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

// 0 when the file does not exist or holds no number.
Outcome<std::uint64_t> stored_number(const fs::path& path) {
    const auto contents = read_file(path, largest_state_file);
    if (contents) return number_in(as_text(contents->view()));
    if (contents.error().code == errc::not_found) return std::uint64_t{0};
    return contents.error();
}

Outcome<void> store_number(const fs::path& path, std::uint64_t number) {
    return write_file_atomic(path, as_bytes(std::to_string(number) + '\n'), FileMode::secret);
}

Failure held(const fs::path& path) {
    const auto pid = stored_number(path / "lock");
    const std::string who = pid && *pid != 0 ? " (process " + std::to_string(*pid) + ')' : std::string{};
    return {errc::busy, printable(path.native()) + ": another node" + who +
                            " uses this data directory: give each its own ID or --data-dir"};
}

Outcome<NodeHome> with_kept_id(DataDir data) {
    const auto id = data.kept_id();
    if (!id) return id.error();
    return NodeHome{*id, std::move(data)};
}

Outcome<NodeHome> first_free(const fs::path& below) {
    for (int k = 1; k <= most_automatic_nodes; ++k) {
        auto data = DataDir::open(below / ("auto-" + std::to_string(k)));
        if (data) return with_kept_id(*std::move(data));
        if (data.error().code != errc::busy) return data.error();
    }
    return Failure{errc::busy, printable(below.string()) + ": " + std::to_string(most_automatic_nodes) +
                                   " nodes without an ID run already: give this one an ID"};
}

Outcome<fs::path> state_directory(const Environment& environment) {
    auto state = home_directory(environment, "XDG_STATE_HOME", ".local/state");
    if (state) *state /= "cloudp2p";
    return state;
}

} // namespace

Outcome<DataDir> DataDir::open(const fs::path& path) {
    if (auto made = config::make_private_folder(path); !made) return made.error();
    const fs::path file = path / "lock";
    Descriptor lock{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!lock) return write_failure(file, errno);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return held(path);
        return write_failure(file, errno);
    }
    // For the message above only; a stale number after a crash is overwritten here.
    const std::string pid = std::to_string(::getpid()) + '\n';
    if (::ftruncate(lock.get(), 0) != 0 || ::write(lock.get(), pid.data(), pid.size()) < 0) {
        return write_failure(file, errno);
    }
    return DataDir{path, std::move(lock)};
}

Outcome<NodeId> DataDir::kept_id() const {
    const fs::path file = path_ / "id";
    const auto stored = stored_number(file);
    if (!stored) return stored.error();
    if (*stored != 0 && *stored <= std::numeric_limits<std::uint32_t>::max()) {
        return NodeId{static_cast<std::uint32_t>(*stored)};
    }
    NodeId id;
    while (!id) fill_random(std::as_writable_bytes(std::span{&id.value, 1}));
    if (auto written = store_number(file, id.value); !written) return written.error();
    return id;
}

Outcome<std::uint64_t> DataDir::claim_incarnation(std::uint64_t unix_seconds) const {
    const fs::path file = path_ / "incarnation";
    const auto stored = stored_number(file);
    if (!stored) return stored.error();
    const bool counts = *stored != 0 && *stored != std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t incarnation = counts ? *stored + 1 : unix_seconds;
    if (auto written = store_number(file, incarnation); !written) return written.error();
    return incarnation;
}

Outcome<std::uint64_t> DataDir::reserved_epoch() const { return stored_number(path_ / "epoch"); }

Outcome<void> DataDir::reserve_epoch(std::uint64_t counter) const {
    return store_number(path_ / "epoch", counter);
}

Outcome<NodeHome> open_node_home(const NodeSection& node, const Environment& environment) {
    if (!node.data_dir.empty()) {
        auto data = DataDir::open(expand_home(environment, node.data_dir));
        if (!data) return data.error();
        if (!node.id) return with_kept_id(*std::move(data));
        return NodeHome{node.id, *std::move(data)};
    }
    const auto state = state_directory(environment);
    if (!state) return Failure{errc::bad_config, state.error().line + ": say where with --data-dir"};
    const fs::path& below = *state;
    if (!node.id) return first_free(below);
    auto data = DataDir::open(below / ("node-" + to_text(node.id)));
    if (!data) return data.error();
    return NodeHome{node.id, *std::move(data)};
}

fs::path history_file(const Environment& environment) {
    const auto state = state_directory(environment);
    return state ? *state / "history" : fs::path{};
}

} // namespace cp
