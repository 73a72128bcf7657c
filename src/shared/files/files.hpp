// Whole files in and out, for programs that must leave nothing half written. A reader of a path sees the old
// bytes, the new bytes or no file, never a part; after a success the bytes survive a power cut. Linux; any
// thread.
//
// Each failure is one line that names the path and the system's own words, ready for a person. Codes:
// not_found, unreadable, too_large when reading; exists, disk_full, unwritable when writing.
#pragma once

#include "base/payload.hpp"
#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

namespace cp {

// The whole of a regular file of at most `max` bytes, in memory of its own: a file that somebody truncates
// later must not change or end this program, as a mapping would.
[[nodiscard]] Outcome<Payload> read_file(const std::filesystem::path&, std::uint64_t max);

// The same with room around it, for who makes something larger out of it without a copy.
struct FileInMemory {
    std::shared_ptr<std::byte> memory; // front + size + back bytes; what is not the file's is not initialised
    std::size_t front = 0;             // bytes before the file's
    std::size_t size = 0;              // of the file
    [[nodiscard]] Payload payload() const { return {memory, {memory.get() + front, size}}; }
};
[[nodiscard]] Outcome<FileInMemory> read_file_with_room(const std::filesystem::path&, std::uint64_t max,
                                                        std::size_t front, std::size_t back);

// True for regular files, also through links; never fails.
[[nodiscard]] bool is_file(const std::filesystem::path&);

enum class FileMode : unsigned {
    shared = 0666, // less the umask: what a user saves
    secret = 0600,
};

// Creates `path`; errc::exists when it is there already, whoever made it and however close the race.
[[nodiscard]] Outcome<void> create_file_exclusive(const std::filesystem::path&, ByteView,
                                                  FileMode = FileMode::shared);
// Creates the first of name(0), name(1), ... that nobody has, and says which. All in one folder. The bytes
// are written once, however many names are taken; errc::exists after 10 000 of them.
[[nodiscard]] Outcome<std::filesystem::path>
create_first_free(const std::function<std::filesystem::path(unsigned)>& name, ByteView,
                  FileMode = FileMode::shared);
// The two halves of that, for who has something to find out before the file may have a name: write() makes a
// complete, synced file in the folder of `path`, without a name where the file system can do that; it is gone
// again unless it is published. Each holds a descriptor.
class UnpublishedFile {
public:
    // Failures name `path`, the name that is wanted first.
    [[nodiscard]] static Outcome<UnpublishedFile> write(const std::filesystem::path& path, ByteView,
                                                        FileMode = FileMode::shared);
    UnpublishedFile(UnpublishedFile&&) noexcept;
    UnpublishedFile& operator=(UnpublishedFile&&) noexcept;
    ~UnpublishedFile();
    // As create_first_free(); all names in the folder of `path`. Once only.
    [[nodiscard]] Outcome<std::filesystem::path>
    publish_first_free(const std::function<std::filesystem::path(unsigned)>& name);

    class Temporary;

private:
    explicit UnpublishedFile(std::unique_ptr<Temporary>);
    std::unique_ptr<Temporary> temporary_;
};

// Creates or replaces `path`.
[[nodiscard]] Outcome<void> write_file_atomic(const std::filesystem::path&, ByteView,
                                              FileMode = FileMode::shared);

// mkdir -p that survives a power cut. An existing folder is a success.
[[nodiscard]] Outcome<void> make_folders(const std::filesystem::path&);

// Whether files can be made in `folder`: makes one, under a temporary's name, and removes it.
[[nodiscard]] Outcome<void> probe_writable(const std::filesystem::path& folder);

// Removes a file for good. A file that is not there is a success.
[[nodiscard]] Outcome<void> remove_file(const std::filesystem::path&);

// Temporaries, ".cloudp2p-tmp-*", stand beside their target until they are complete.
[[nodiscard]] bool is_temporary_name(std::string_view file_name);
// Removes those directly in `folder` that nobody has written to for `age`: their writers are dead. Best
// effort.
void remove_stale_temporaries(const std::filesystem::path& folder, std::chrono::seconds age);

} // namespace cp
