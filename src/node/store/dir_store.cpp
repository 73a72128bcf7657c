#include "store/dir_store.hpp"

#include "base/ids.hpp"
#include "base/utf8.hpp"
#include "files/descriptor.hpp"
#include "files/entropy.hpp"
#include "files/failure.hpp"
#include "files/files.hpp"
#include "store/key.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <limits>
#include <set>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>

namespace cp::store {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours temporary_age{1}; // no put takes that long
constexpr std::string_view lock_name = ".cloudp2p-lock";
constexpr auto lock_within = std::chrono::seconds{2}; // a replacement takes milliseconds
constexpr auto lock_again_after = std::chrono::milliseconds{5};
constexpr std::string_view marker_name = ".cloudp2p-store";

Failure bad_key(std::string_view key) {
    return {errc::bad_field, "'" + printable(key.substr(0, 80)) + "' is not allowed as a key"};
}

Failure missing(std::string_view key) { return {errc::not_found, printable(key) + ": no such object"}; }

// Every put makes a new file, so the same inode with the same size and time is the same put.
std::string tag_of(const struct stat& info) {
    std::array<std::byte, 24> bytes{};
    ByteWriter out{bytes};
    out.u64(info.st_ino);
    out.u64(static_cast<std::uint64_t>(info.st_size));
    out.u64(static_cast<std::uint64_t>(info.st_mtim.tv_sec) * 1'000'000'000U +
            static_cast<std::uint64_t>(info.st_mtim.tv_nsec));
    return to_hex(bytes);
}

// A regular file without following a link: a link could lead out of the store.
bool look(const fs::path& path, struct stat& info) {
    return ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

ObjectInfo info_of(std::string key, const struct stat& info) {
    return {std::move(key), static_cast<std::uint64_t>(info.st_size), info.st_mtim.tv_sec,
            static_cast<std::uint32_t>(info.st_mtim.tv_nsec), tag_of(info)};
}

// One writer of conditional replacements at a time, among all that use the folder. Released with the
// descriptor, so also by a crash. (NFS has had flock as a byte-range lock since Linux 2.6.12.)
Outcome<Descriptor> lock(const fs::path& root) {
    const fs::path path = root / lock_name;
    Descriptor fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)};
    if (!fd) return write_failure(path, errno);
    // Whoever holds it may be stopped, on another machine: nobody waits for that for ever.
    for (const auto until = std::chrono::steady_clock::now() + lock_within;
         ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0;) {
        if (errno != EINTR && errno != EWOULDBLOCK) return write_failure(path, errno);
        if (std::chrono::steady_clock::now() >= until)
            return Failure{errc::busy, "another node holds the lock of the store: try again"};
        std::this_thread::sleep_for(lock_again_after);
    }
    return fd;
}

// The keys below one folder, depth first, the folder's own key first ("users/alice/"). Keeps the smallest
// list_page_max that qualify, so that a large store costs time but no memory.
class Lister {
public:
    Lister(const fs::path& root, std::string_view prefix, std::string_view after)
        : root_{root}, prefix_{prefix}, after_{after} {}

    // 0 or errno.
    int walk(const std::string& folder) {
        std::error_code failed;
        fs::directory_iterator at{root_ / folder, failed};
        for (; !failed && at != fs::directory_iterator{}; at.increment(failed)) {
            const std::string key = folder + at->path().filename().native();
            if (!is_key(key)) continue;
            std::error_code gone; // another process may remove what we just saw
            const fs::file_type type = at->symlink_status(gone).type();
            if (type == fs::file_type::regular) keep(key);
            if (type == fs::file_type::directory && may_hold(key + '/')) {
                if (const int error = walk(key + '/')) return error;
            }
        }
        const bool absent = failed == std::errc::no_such_file_or_directory;
        return failed && !absent ? failed.value() : 0;
    }

    [[nodiscard]] const std::set<std::string>& keys() const { return keys_; }

private:
    void keep(const std::string& key) {
        if (!key.starts_with(prefix_) || key <= after_) return;
        keys_.insert(key);
        if (keys_.size() > list_page_max) keys_.erase(std::prev(keys_.end()));
    }
    // Whether keys that begin with `folder` can both match the prefix and sort behind `after`.
    [[nodiscard]] bool may_hold(const std::string& folder) const {
        const bool matches = folder.starts_with(prefix_) || prefix_.starts_with(folder);
        return matches && (folder > after_ || after_.starts_with(folder));
    }

    const fs::path& root_;
    std::string_view prefix_;
    std::string_view after_;
    std::set<std::string> keys_;
};

void clean(const fs::path& root) {
    remove_stale_temporaries(root, temporary_age);
    std::error_code failed; // best effort: what cannot be read cannot be cleaned
    fs::recursive_directory_iterator at{root, fs::directory_options::skip_permission_denied, failed};
    for (; !failed && at != fs::recursive_directory_iterator{}; at.increment(failed)) {
        std::error_code gone;
        if (at->symlink_status(gone).type() == fs::file_type::directory) {
            remove_stale_temporaries(at->path(), temporary_age);
        }
    }
}

// The number in the marker file, which whoever comes first makes.
Outcome<std::uint64_t> mark(const fs::path& root) {
    std::array<std::byte, 8> random{};
    fill_random(random);
    const fs::path path = root / marker_name;
    const auto made = create_file_exclusive(path, random);
    if (!made && made.error().code != errc::exists) return made.error();
    const auto bytes = read_file(path, random.size());
    if (!bytes) return bytes.error();
    ByteReader reader{bytes->view()};
    const std::uint64_t number = reader.u64();
    if (!reader.ok() || number == 0)
        return Failure{errc::damaged, printable(path.native()) + ": not a marker of this program; remove it"};
    return number;
}

} // namespace

Outcome<std::unique_ptr<ObjectStore>> DirStore::open(const fs::path& root) {
    if (root.empty())
        return Failure{errc::bad_config, "store dir: a path must follow, as in dir:./shared_images"};
    if (Outcome<void> made = make_folders(root); !made) return made.error();
    clean(root);
    if (Outcome<void> writable = probe_writable(root); !writable) return writable.error();
    const auto identity = mark(root);
    if (!identity) return identity.error();
    return std::unique_ptr<ObjectStore>{new DirStore{root, *identity}};
}

Outcome<void> DirStore::put(std::string_view key, ByteView bytes, PutIf condition) {
    if (!is_key(key)) return bad_key(key);
    const fs::path path = root_ / key;
    if (Outcome<void> made = make_folders(path.parent_path()); !made) return made;
    switch (condition.kind) {
    case PutIf::Kind::any: return write_file_atomic(path, bytes);
    case PutIf::Kind::absent: return create_file_exclusive(path, bytes);
    case PutIf::Kind::unchanged: return replace_unchanged(key, bytes, condition.etag);
    }
    return bad_key(key);
}

Outcome<void> DirStore::replace_unchanged(std::string_view key, ByteView bytes, std::string_view etag) {
    const fs::path path = root_ / key;
    const auto locked = lock(root_);
    if (!locked) return locked.error();
    struct stat info {};
    if (!look(path, info) || tag_of(info) != etag)
        return Failure{errc::conflict, printable(key) + ": somebody changed it"};
    return write_file_atomic(path, bytes);
}

Outcome<Payload> DirStore::get(std::string_view key, ByteRange range) {
    if (!is_key(key)) return bad_key(key);
    const fs::path path = root_ / key;
    struct stat info {};
    if (!look(path, info)) return missing(key);
    auto whole = read_file(path, std::numeric_limits<std::uint64_t>::max());
    if (!whole || (range.from == 0 && range.count >= whole->size())) return whole;
    const std::size_t from = std::min<std::uint64_t>(range.from, whole->size());
    return whole->slice(from, std::min<std::uint64_t>(range.count, whole->size() - from));
}

Outcome<ObjectInfo> DirStore::head(std::string_view key) {
    if (!is_key(key)) return bad_key(key);
    struct stat info {};
    if (!look(root_ / key, info)) return missing(key);
    return info_of(std::string{key}, info);
}

Outcome<std::vector<ObjectInfo>> DirStore::list(std::string_view prefix, std::string_view after) {
    if (!is_key_prefix(prefix)) return bad_key(prefix);
    Lister lister{root_, prefix, after};
    // Starts in the deepest folder that the prefix names, not at the root.
    const std::size_t slash = prefix.rfind('/');
    const std::string start{slash == std::string_view::npos ? std::string_view{}
                                                            : prefix.substr(0, slash + 1)};
    if (const int error = lister.walk(start)) return read_failure(root_, error);
    std::vector<ObjectInfo> out;
    for (const std::string& key : lister.keys()) {
        struct stat info {};
        if (look(root_ / key, info)) out.push_back(info_of(key, info));
    }
    return out;
}

Outcome<std::vector<std::string>> DirStore::list_folders(std::string_view prefix, std::string_view after) {
    if (!is_key_prefix(prefix) || !(prefix.empty() || prefix.ends_with('/'))) return bad_key(prefix);
    std::set<std::string> names;
    std::error_code failed;
    fs::directory_iterator at{root_ / prefix, failed};
    for (; !failed && at != fs::directory_iterator{}; at.increment(failed)) {
        const std::string name = at->path().filename().native();
        std::error_code gone;
        if (name <= after || !is_key(name) || at->symlink_status(gone).type() != fs::file_type::directory)
            continue;
        names.insert(name);
        if (names.size() > list_page_max) names.erase(std::prev(names.end()));
    }
    if (failed && failed != std::errc::no_such_file_or_directory) return read_failure(root_, failed.value());
    return std::vector<std::string>(names.begin(), names.end());
}

Outcome<void> DirStore::del(std::string_view key) {
    if (!is_key(key)) return bad_key(key);
    return remove_file(root_ / key);
}

} // namespace cp::store
