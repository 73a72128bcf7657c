#include "store/dir_store.hpp"

#include "base/utf8.hpp"
#include "files/failure.hpp"
#include "files/files.hpp"
#include "store/key.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <set>
#include <sys/stat.h>
#include <system_error>

namespace cp::store {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours temporary_age{1}; // no put takes that long

Failure bad_key(std::string_view key) {
    return {errc::bad_field, "'" + printable(key.substr(0, 80)) + "' is not allowed as a key"};
}

Failure missing(std::string_view key) { return {errc::not_found, printable(key) + ": no such object"}; }

// A regular file without following a link: a link could lead out of the store.
bool look(const fs::path& path, struct stat& info) {
    return ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

ObjectInfo info_of(std::string key, const struct stat& info) {
    return {std::move(key), static_cast<std::uint64_t>(info.st_size), info.st_mtim.tv_sec};
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

} // namespace

Outcome<std::unique_ptr<ObjectStore>> DirStore::open(const fs::path& root) {
    if (root.empty())
        return Failure{errc::bad_config, "store dir: a path must follow, as in dir:./shared_images"};
    if (Outcome<void> made = make_folders(root); !made) return made.error();
    clean(root);
    if (Outcome<void> writable = probe_writable(root); !writable) return writable.error();
    return std::unique_ptr<ObjectStore>{new DirStore{root}};
}

Outcome<void> DirStore::put(std::string_view key, ByteView bytes, PutIf condition) {
    if (!is_key(key)) return bad_key(key);
    const fs::path path = root_ / key;
    if (Outcome<void> made = make_folders(path.parent_path()); !made) return made;
    return condition == PutIf::absent ? create_file_exclusive(path, bytes) : write_file_atomic(path, bytes);
}

Outcome<Payload> DirStore::get(std::string_view key) {
    if (!is_key(key)) return bad_key(key);
    const fs::path path = root_ / key;
    struct stat info {};
    if (!look(path, info)) return missing(key);
    return read_file(path, std::numeric_limits<std::uint64_t>::max());
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

Outcome<void> DirStore::del(std::string_view key) {
    if (!is_key(key)) return bad_key(key);
    return remove_file(root_ / key);
}

Outcome<std::unique_ptr<ObjectStore>> open_store(std::string_view url) {
    constexpr std::string_view dir = "dir:";
    if (url.starts_with(dir)) return DirStore::open(fs::path{url.substr(dir.size())});
    return Failure{errc::bad_config,
                   "store '" + printable(url) + "': this version keeps objects in a folder, dir:PATH"};
}

} // namespace cp::store
