#include "base/bulk_memory.hpp"
#include "files/descriptor.hpp"
#include "files/files.hpp"
#include "support/print.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fcntl.h>
#include <set>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace cp;
using cp::test::read_text;
using cp::test::TempFolder;
using cp::test::write_text;

namespace {

// The disk is full after `bytes`, for this process: every write beyond fails with EFBIG.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) : handler_{std::signal(SIGXFSZ, SIG_IGN)} {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

private:
    void (*handler_)(int);
    rlimit before_{};
};

template <class T>
void check_failure(const Outcome<T>& outcome, errc code, const std::string& line) {
    BOOST_TEST_REQUIRE(outcome.has_error());
    BOOST_TEST(outcome.error().code == code);
    BOOST_TEST(outcome.error().line == line);
}

} // namespace

BOOST_AUTO_TEST_SUITE(reading)

BOOST_AUTO_TEST_CASE(reads_a_whole_file_up_to_and_including_the_limit) {
    const TempFolder folder;
    write_text(folder / "a", "12345");
    const Outcome<Payload> payload = read_file(folder / "a", 5);
    BOOST_TEST_REQUIRE(payload.has_value());
    BOOST_TEST(as_text(payload->view()) == "12345");
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_an_empty_payload) {
    const TempFolder folder;
    write_text(folder / "a", "");
    const Outcome<Payload> payload = read_file(folder / "a", 0);
    BOOST_TEST_REQUIRE(payload.has_value());
    BOOST_TEST(payload->size() == 0U);
}

BOOST_AUTO_TEST_CASE(the_payload_outlives_the_file) {
    const TempFolder folder;
    write_text(folder / "a", "12345");
    const Outcome<Payload> payload = read_file(folder / "a", 5);
    std::filesystem::resize_file(folder / "a", 0);
    BOOST_TEST(as_text(payload->view()) == "12345");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_one_line_with_the_reason) {
    const TempFolder folder;
    const std::string root = folder.path().native();
    write_text(folder / "big", "123456");
    std::filesystem::create_directory(folder / "folder");
    ::mkfifo((folder / "pipe").c_str(), 0600);

    check_failure(read_file(folder / "none", 9), errc::not_found, root + "/none: no such file");
    check_failure(read_file(folder / "big/x", 9), errc::not_found, root + "/big/x: no such file");
    check_failure(read_file(folder / "big", 5), errc::too_large, root + "/big: 6 bytes, the limit is 5");
    check_failure(read_file(folder / "folder", 9), errc::unreadable, root + "/folder: a folder, not a file");
    check_failure(read_file(folder / "pipe", 9), errc::unreadable, root + "/pipe: not a regular file");
    check_failure(read_file("/dev/null", 9), errc::unreadable, "/dev/null: not a regular file");
}

BOOST_AUTO_TEST_CASE(a_hostile_name_cannot_break_the_line) {
    check_failure(read_file("/no\n\x1b[2Jsuch", 9), errc::not_found, "/no\\n\\u{1b}[2Jsuch: no such file");
}

BOOST_AUTO_TEST_CASE(a_file_without_rights_says_so, *boost::unit_test::precondition([](auto) {
                         return boost::test_tools::assertion_result{::geteuid() != 0};
                     })) {
    const TempFolder folder;
    write_text(folder / "a", "x");
    ::chmod((folder / "a").c_str(), 0);
    check_failure(read_file(folder / "a", 9), errc::unreadable,
                  (folder / "a").native() + ": Permission denied");
}

BOOST_AUTO_TEST_CASE(only_regular_files_are_files) {
    const TempFolder folder;
    write_text(folder / "a", "x");
    std::filesystem::create_symlink("a", folder / "link");
    BOOST_TEST(is_file(folder / "a"));
    BOOST_TEST(is_file(folder / "link"));
    BOOST_TEST(!is_file(folder.path()));
    BOOST_TEST(!is_file(folder / "none"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(writing)

BOOST_AUTO_TEST_CASE(creates_a_file_and_leaves_nothing_else) {
    const TempFolder folder;
    BOOST_TEST(create_file_exclusive(folder / "a", as_bytes("bytes")).has_value());
    BOOST_TEST(read_text(folder / "a") == "bytes");
    BOOST_TEST(folder.entries() == 1U);
}

BOOST_AUTO_TEST_CASE(never_overwrites_when_asked_to_create) {
    const TempFolder folder;
    write_text(folder / "a", "old");
    std::filesystem::create_symlink("nowhere", folder / "dangling");
    check_failure(create_file_exclusive(folder / "a", as_bytes("new")), errc::exists,
                  (folder / "a").native() + ": exists already");
    BOOST_TEST((create_file_exclusive(folder / "dangling", as_bytes("new")).error().code == errc::exists));
    BOOST_TEST(read_text(folder / "a") == "old");
    BOOST_TEST(folder.entries() == 2U);
}

BOOST_AUTO_TEST_CASE(replaces_a_whole_file_at_once) {
    const TempFolder folder;
    write_text(folder / "a", "something longer");
    BOOST_TEST(write_file_atomic(folder / "a", as_bytes("new")).has_value());
    BOOST_TEST(write_file_atomic(folder / "b", as_bytes("")).has_value());
    BOOST_TEST(read_text(folder / "a") == "new");
    BOOST_TEST(read_text(folder / "b").empty());
    BOOST_TEST(folder.entries() == 2U);
}

BOOST_AUTO_TEST_CASE(a_relative_name_without_folder_is_written_where_we_are) {
    const TempFolder folder;
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    const Outcome<void> created = create_file_exclusive("a", as_bytes("x"));
    std::filesystem::current_path(before);
    BOOST_TEST(created.has_value());
    BOOST_TEST(read_text(folder / "a") == "x");
}

BOOST_AUTO_TEST_CASE(a_secret_is_readable_by_its_owner_only) {
    const TempFolder folder;
    BOOST_TEST(create_file_exclusive(folder / "key", as_bytes("x"), FileMode::secret).has_value());
    struct stat info {};
    ::stat((folder / "key").c_str(), &info);
    BOOST_TEST((info.st_mode & 0777U) == 0600U);
}

BOOST_AUTO_TEST_CASE(takes_the_first_name_that_is_free) {
    const TempFolder folder;
    write_text(folder / "n0", "old");
    write_text(folder / "n1", "old");
    const auto created =
        create_first_free([&](unsigned n) { return folder / ("n" + std::to_string(n)); }, as_bytes("new"));
    BOOST_TEST_REQUIRE(created.has_value());
    BOOST_TEST(created->native() == (folder / "n2").native());
    BOOST_TEST(read_text(folder / "n2") == "new");
    BOOST_TEST(read_text(folder / "n1") == "old");
    BOOST_TEST(folder.entries() == 3U);
}

BOOST_AUTO_TEST_CASE(what_is_not_published_is_gone) {
    const TempFolder folder;
    {
        const auto written = UnpublishedFile::write(folder / "n0", as_bytes("new"));
        BOOST_TEST_REQUIRE(written.has_value());
        BOOST_TEST(!std::filesystem::exists(folder / "n0"));
    }
    BOOST_TEST(folder.entries() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_published_has_the_first_free_name_and_all_its_bytes) {
    const TempFolder folder;
    write_text(folder / "n0", "old");
    const std::string text((std::size_t{17} << 20U) + 5, 'x'); // several chunks
    auto written = UnpublishedFile::write(folder / "n0", as_bytes(text));
    BOOST_TEST_REQUIRE(written.has_value());
    const auto path =
        written->publish_first_free([&](unsigned n) { return folder / ("n" + std::to_string(n)); });
    BOOST_TEST_REQUIRE(path.has_value());
    BOOST_TEST(path->native() == (folder / "n1").native());
    BOOST_TEST((read_text(folder / "n1") == text));
}

BOOST_AUTO_TEST_CASE(large_files_are_whole_wherever_their_bytes_stand_in_memory) {
    const TempFolder folder;
    const std::size_t room = (std::size_t{5} << 20U) + 3 * 4096;
    const auto memory = bulk_memory(room);
    for (std::size_t i = 0; i < room; ++i) memory.get()[i] = static_cast<std::byte>(i * 7 + i / 4096);
    unsigned number = 0;
    for (const std::size_t front : {std::size_t{0}, std::size_t{1}, std::size_t{512}, std::size_t{4096}}) {
        for (const std::size_t size :
             {std::size_t{2} << 20U, std::size_t{3} << 20U, std::size_t{5'000'001}}) {
            const ByteView bytes{memory.get() + front, size};
            const auto path = folder / ("large" + std::to_string(number++));
            BOOST_TEST_REQUIRE(create_file_exclusive(path, bytes).has_value());
            BOOST_TEST((read_text(path) == as_text(bytes)), front);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_file_is_read_with_room_before_and_behind_it) {
    const TempFolder folder;
    write_text(folder / "f", "contents");
    const auto file = read_file_with_room(folder / "f", 8, 100, 50);
    BOOST_TEST_REQUIRE(file.has_value());
    BOOST_TEST(as_text(file->payload().view()) == "contents");
    std::fill_n(file->memory.get(), 100, std::byte{1});
    std::fill_n(file->memory.get() + 108, 50, std::byte{1});
    BOOST_TEST(as_text(file->payload().view()) == "contents");
}

BOOST_AUTO_TEST_CASE(racing_savers_each_get_a_name_of_their_own) {
    const TempFolder folder;
    std::vector<std::thread> savers;
    for (int i = 0; i < 8; ++i) {
        savers.emplace_back([&, text = std::to_string(i)] {
            static_cast<void>(create_first_free(
                [&](unsigned n) { return folder / ("n" + std::to_string(n)); }, as_bytes(text)));
        });
    }
    for (std::thread& saver : savers) saver.join();
    BOOST_TEST(folder.entries() == 8U);
    std::set<std::string> contents;
    for (int i = 0; i < 8; ++i) contents.insert(read_text(folder / ("n" + std::to_string(i))));
    BOOST_TEST(contents.size() == 8U);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_one_line_and_leaves_nothing) {
    const TempFolder folder;
    const Bytes large(100'000);
    write_text(folder / "old", "old");
    Outcome<void> created;
    Outcome<void> replaced;
    {
        const FullDisk full{4096};
        created = create_file_exclusive(folder / "new", large);
        replaced = write_file_atomic(folder / "old", large);
    }
    check_failure(created, errc::disk_full, (folder / "new").native() + ": File too large");
    check_failure(replaced, errc::disk_full, (folder / "old").native() + ": File too large");
    BOOST_TEST(read_text(folder / "old") == "old");
    BOOST_TEST(folder.entries() == 1U);
}

BOOST_AUTO_TEST_CASE(an_unwritable_place_is_one_line) {
    const TempFolder folder;
    write_text(folder / "file", "x");
    std::filesystem::create_directory(folder / "folder");
    check_failure(create_file_exclusive(folder / "none/a", as_bytes("x")), errc::unwritable,
                  (folder / "none/a").native() + ": No such file or directory");
    check_failure(create_file_exclusive(folder / "file/a", as_bytes("x")), errc::unwritable,
                  (folder / "file/a").native() + ": Not a directory");
    check_failure(write_file_atomic(folder / "folder", as_bytes("x")), errc::unwritable,
                  (folder / "folder").native() + ": Is a directory");
    BOOST_TEST((create_file_exclusive("/proc/none", as_bytes("x")).error().code == errc::unwritable));
    BOOST_TEST((probe_writable("/proc").error().code == errc::unwritable));
    BOOST_TEST(folder.entries() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(folders)

BOOST_AUTO_TEST_CASE(makes_all_that_is_missing_and_accepts_what_is_there) {
    const TempFolder folder;
    BOOST_TEST(make_folders(folder / "a/b/c").has_value());
    BOOST_TEST(make_folders(folder / "a/b/c").has_value());
    BOOST_TEST(make_folders(folder / "a/b/d/").has_value());
    BOOST_TEST(std::filesystem::is_directory(folder / "a/b/c"));
    BOOST_TEST(std::filesystem::is_directory(folder / "a/b/d"));
    write_text(folder / "file", "x");
    check_failure(make_folders(folder / "file"), errc::unwritable,
                  (folder / "file").native() + ": Not a directory");
    check_failure(make_folders(folder / "file/a"), errc::unwritable,
                  (folder / "file").native() + ": Not a directory");
}

BOOST_AUTO_TEST_CASE(removes_a_file_and_does_not_mind_when_there_is_none) {
    const TempFolder folder;
    write_text(folder / "a", "x");
    BOOST_TEST(remove_file(folder / "a").has_value());
    BOOST_TEST(remove_file(folder / "a").has_value());
    BOOST_TEST(folder.entries() == 0U);
    BOOST_TEST((remove_file(folder.path()).error().code == errc::unwritable));
}

BOOST_AUTO_TEST_CASE(an_unpublished_file_has_no_name_that_a_killed_writer_could_leave_behind) {
    const TempFolder folder;
    const Descriptor nameless{::open(folder.path().c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600)};
    if (!nameless) {
        BOOST_TEST_MESSAGE("this file system knows no files without a name");
        return;
    }
    auto file = UnpublishedFile::write(folder / "a", as_bytes("secret"));
    BOOST_TEST_REQUIRE(file.has_value());
    BOOST_TEST(folder.entries() == 0U);
    const auto published = file->publish_first_free([&](unsigned) { return folder / "a"; });
    BOOST_TEST_REQUIRE(published.has_value());
    BOOST_TEST(folder.entries() == 1U);
    BOOST_TEST(read_text(folder / "a") == "secret");
}

BOOST_AUTO_TEST_CASE(only_temporaries_of_dead_writers_are_cleaned) {
    const TempFolder folder;
    const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours{2};
    for (const char* name : {".cloudp2p-tmp-old", ".cloudp2p-tmp-young", "picture"})
        write_text(folder / name, "x");
    std::filesystem::last_write_time(folder / ".cloudp2p-tmp-old", long_ago);
    std::filesystem::last_write_time(folder / "picture", long_ago);
    remove_stale_temporaries(folder.path(), std::chrono::hours{1});
    BOOST_TEST(!std::filesystem::exists(folder / ".cloudp2p-tmp-old"));
    BOOST_TEST(folder.entries() == 2U);
    remove_stale_temporaries(folder / "none", std::chrono::hours{1});
}

BOOST_AUTO_TEST_SUITE_END()
