#include "base/ids.hpp"
#include "files/descriptor.hpp"
#include "files/entropy.hpp"
#include "files/failure.hpp"
#include "files/files.hpp"
#include "files/write_fully.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>

namespace cp {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view temporary_prefix = ".cloudp2p-tmp-";

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path{"."};
}

// Makes names in `folder` survive a power cut. 0 or errno.
int sync_folder(const fs::path& folder) {
    const Descriptor fd{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!fd) return errno;
    if (::fsync(fd.get()) == 0) return 0;
    // Some network file systems know no such thing; they are no worse off than without the call.
    return errno == EINVAL || errno == ENOTSUP ? 0 : errno;
}

} // namespace

// A complete, synced file that nobody else sees. It has no name at all where the file system can do that
// (Linux: O_TMPFILE), so that a program that is killed leaves nothing behind, least of all a plaintext; else
// a name that nobody else uses, which is unlinked again unless it became the target.
class UnpublishedFile::Temporary {
public:
    enum class Naming { none_if_possible, always };

    explicit Temporary(const fs::path& folder, Naming naming = Naming::none_if_possible)
        : folder_{folder}, naming_{naming} {}
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary() {
        if (there_) ::unlink(path_.c_str());
    }

    [[nodiscard]] int write(ByteView bytes, FileMode mode) {
        if (const int error = open(mode)) return error;
        if (const int error = write_fully(fd_.get(), bytes)) return error;
        if (::fsync(fd_.get()) != 0) return errno;
        return there_ ? fd_.close() : 0;
    }
    // link(2) refuses an existing target in one step, on NFS too. Where links are unknown (FAT, some FUSE)
    // renameat2 does the same.
    [[nodiscard]] int publish_new(const fs::path& target) {
        if (!there_) {
            const std::string self = own_name(fd_.get());
            return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, target.c_str(), AT_SYMLINK_FOLLOW) == 0 ? 0
                                                                                                      : errno;
        }
        if (::link(path_.c_str(), target.c_str()) == 0) return 0;
        if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EMLINK) return errno;
        if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) != 0)
            return errno;
        there_ = false;
        return 0;
    }
    // REQUIRES: Naming::always.
    [[nodiscard]] int publish_over(const fs::path& target) {
        if (::rename(path_.c_str(), target.c_str()) != 0) return errno;
        there_ = false;
        return 0;
    }

private:
    static std::string own_name(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

    [[nodiscard]] int open(FileMode mode) {
        if (naming_ == Naming::none_if_possible) {
            fd_ = Descriptor{
                ::open(folder_.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, static_cast<mode_t>(mode))};
            if (fd_ && ::access(own_name(fd_.get()).c_str(), F_OK) == 0) return 0;
        }
        std::array<std::byte, 8> random{};
        fill_random(random);
        path_ = folder_ / (std::string{temporary_prefix} + to_hex(random));
        fd_ = Descriptor{
            ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode))};
        if (!fd_) return errno;
        there_ = true;
        return 0;
    }

    fs::path folder_, path_;
    Naming naming_;
    Descriptor fd_;
    bool there_ = false; // under a name of its own
};

using Temporary = UnpublishedFile::Temporary;

Outcome<fs::path> create_first_free(const std::function<fs::path(unsigned)>& name, ByteView bytes,
                                    FileMode mode) {
    auto file = UnpublishedFile::write(name(0), bytes, mode);
    if (!file) return file.error();
    return file->publish_first_free(name);
}

UnpublishedFile::UnpublishedFile(std::unique_ptr<Temporary> temporary) : temporary_{std::move(temporary)} {}
UnpublishedFile::UnpublishedFile(UnpublishedFile&&) noexcept = default;
UnpublishedFile& UnpublishedFile::operator=(UnpublishedFile&&) noexcept = default;
UnpublishedFile::~UnpublishedFile() = default;

Outcome<UnpublishedFile> UnpublishedFile::write(const fs::path& path, ByteView bytes, FileMode mode) {
    auto temporary = std::make_unique<Temporary>(folder_of(path));
    if (const int error = temporary->write(bytes, mode)) return write_failure(path, error);
    return UnpublishedFile{std::move(temporary)};
}

Outcome<fs::path> UnpublishedFile::publish_first_free(const std::function<fs::path(unsigned)>& name) {
    constexpr unsigned tries = 10'000;
    const fs::path first = name(0);
    for (unsigned number = 0; number < tries; ++number) {
        const fs::path path = name(number);
        const int error = temporary_->publish_new(path);
        if (error == EEXIST) continue;
        if (error != 0) return write_failure(path, error);
        if (const int unsynced = sync_folder(folder_of(first))) return write_failure(path, unsynced);
        return path;
    }
    return write_failure(first, EEXIST);
}

Outcome<void> create_file_exclusive(const fs::path& path, ByteView bytes, FileMode mode) {
    // Early, to spare the disk; the link below decides.
    if (std::error_code unknown; fs::exists(fs::symlink_status(path, unknown)))
        return write_failure(path, EEXIST);
    const fs::path folder = folder_of(path);
    Temporary temporary{folder};
    if (const int error = temporary.write(bytes, mode)) return write_failure(path, error);
    if (const int error = temporary.publish_new(path)) return write_failure(path, error);
    if (const int error = sync_folder(folder)) return write_failure(path, error);
    return {};
}

Outcome<void> write_file_atomic(const fs::path& path, ByteView bytes, FileMode mode) {
    const fs::path folder = folder_of(path);
    Temporary temporary{folder, Temporary::Naming::always}; // link(2) replaces nothing
    if (const int error = temporary.write(bytes, mode)) return write_failure(path, error);
    if (const int error = temporary.publish_over(path)) return write_failure(path, error);
    if (const int error = sync_folder(folder)) return write_failure(path, error);
    return {};
}

Outcome<void> make_folders(const fs::path& path) {
    std::error_code failed;
    if (path.empty() || fs::is_directory(path, failed)) return {};
    const fs::path folder = folder_of(path);
    if (Outcome<void> parents = make_folders(folder == path ? fs::path{} : folder); !parents) return parents;
    if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return write_failure(path, errno);
    if (!fs::is_directory(path, failed)) return write_failure(path, ENOTDIR);
    if (const int error = sync_folder(folder)) return write_failure(path, error);
    return {};
}

Outcome<void> probe_writable(const fs::path& folder) {
    Temporary temporary{folder};
    if (const int error = temporary.write(as_bytes("x"), FileMode::secret))
        return write_failure(folder, error);
    return {};
}

Outcome<void> remove_file(const fs::path& path) {
    if (::unlink(path.c_str()) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return {};
        return write_failure(path, errno);
    }
    if (const int error = sync_folder(folder_of(path))) return write_failure(path, error);
    return {};
}

bool is_temporary_name(std::string_view file_name) { return file_name.starts_with(temporary_prefix); }

void remove_stale_temporaries(const fs::path& folder, std::chrono::seconds age) {
    std::error_code ignored; // a leftover that cannot be removed costs space, nothing else
    const auto oldest = fs::file_time_type::clock::now() - age;
    for (fs::directory_iterator at{folder, ignored}, end; at != end; at.increment(ignored)) {
        if (!is_temporary_name(at->path().filename().native())) continue;
        std::error_code gone;
        const auto written = fs::last_write_time(at->path(), gone);
        if (!gone && written < oldest) fs::remove(at->path(), gone);
    }
}

} // namespace cp
