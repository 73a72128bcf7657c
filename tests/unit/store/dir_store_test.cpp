#include "store/dir_store.hpp"
#include "support/print.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace cp;
using namespace cp::store;
using cp::test::read_text;
using cp::test::TempFolder;
using cp::test::write_text;

namespace {

struct Fixture {
    TempFolder folder;
    std::unique_ptr<ObjectStore> store = open_store("dir:" + (folder / "store").native()).value();

    std::vector<std::string> keys(std::string_view prefix, std::string_view after = {}) {
        std::vector<std::string> out;
        for (const ObjectInfo& info : *store->list(prefix, after)) out.push_back(info.key);
        return out;
    }
    void put(std::string_view key) { BOOST_TEST(store->put(key, as_bytes("x"), PutIf::any).has_value()); }
};

using Keys = std::vector<std::string>;

// Runs in a child process, so that nothing but the folder is shared.
template <class Function>
pid_t in_child(Function function) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(function());
    return child;
}

int exit_status(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(dir_store, Fixture)

BOOST_AUTO_TEST_CASE(keeps_what_was_put_as_a_file_of_that_name) {
    BOOST_TEST(store->put("users/alice/a b.png", as_bytes("bytes"), PutIf::any).has_value());
    BOOST_TEST(as_text(store->get("users/alice/a b.png")->view()) == "bytes");
    BOOST_TEST(store->head("users/alice/a b.png")->bytes == 5U);
    BOOST_TEST(read_text(folder / "store/users/alice/a b.png") == "bytes");
    BOOST_TEST(store->url() == "dir:" + (folder / "store").native());
    BOOST_TEST(store->caps().create_only);
}

BOOST_AUTO_TEST_CASE(put_replaces_unless_absence_is_the_condition) {
    BOOST_TEST(store->put("a", as_bytes("1"), PutIf::absent).has_value());
    BOOST_TEST((store->put("a", as_bytes("2"), PutIf::absent).error().code == errc::exists));
    BOOST_TEST(as_text(store->get("a")->view()) == "1");
    BOOST_TEST(store->put("a", as_bytes("3"), PutIf::any).has_value());
    BOOST_TEST(as_text(store->get("a")->view()) == "3");
}

BOOST_AUTO_TEST_CASE(replaces_only_what_has_not_changed_since_it_was_looked_at) {
    put("a");
    const std::string tag = store->head("a")->etag;
    BOOST_TEST(store->list("a", {})->front().etag == tag);
    BOOST_TEST(store->put("a", as_bytes("2"), PutIf::unchanged(tag)).has_value());
    BOOST_TEST((store->put("a", as_bytes("3"), PutIf::unchanged(tag)).error().code == errc::conflict));
    BOOST_TEST((store->put("b", as_bytes("3"), PutIf::unchanged(tag)).error().code == errc::conflict));
    BOOST_TEST(as_text(store->get("a")->view()) == "2");
    BOOST_TEST(keys("") == Keys{"a"}, boost::test_tools::per_element()); // the lock is no object
}

BOOST_AUTO_TEST_CASE(of_eight_conditional_replacements_by_processes_none_is_lost) {
    BOOST_TEST(store->put("count", as_bytes("0"), PutIf::any).has_value());
    std::vector<pid_t> children;
    for (int i = 0; i < 8; ++i) {
        children.push_back(in_child([&] {
            for (int done = 0; done < 5;) {
                const std::string tag = store->head("count")->etag;
                const int seen = std::stoi(std::string{as_text(store->get("count")->view())});
                const std::string next = std::to_string(seen + 1);
                if (store->put("count", as_bytes(next), PutIf::unchanged(tag))) ++done;
            }
            return 0;
        }));
    }
    for (pid_t child : children) BOOST_TEST(exit_status(child) == 0);
    BOOST_TEST(as_text(store->get("count")->view()) == "40");
}

BOOST_AUTO_TEST_CASE(reads_a_part_and_cuts_off_what_lies_behind_the_end) {
    BOOST_TEST(store->put("a", as_bytes("0123456789"), PutIf::any).has_value());
    BOOST_TEST(as_text(store->get("a", {2, 3})->view()) == "234");
    BOOST_TEST(as_text(store->get("a", {8, 100})->view()) == "89");
    BOOST_TEST(store->get("a", {10, 1})->size() == 0U);
    BOOST_TEST(store->get("a", {1000, 1})->size() == 0U);
}

BOOST_AUTO_TEST_CASE(lists_the_folders_directly_below_and_no_deeper) {
    for (const char* key : {"users/bob/profile.json", "users/alice/images/1.png", "users/file", "z"})
        put(key);
    BOOST_TEST(*store->list_folders("users/", {}) == (Keys{"alice", "bob"}),
               boost::test_tools::per_element());
    BOOST_TEST(*store->list_folders("users/", "alice") == Keys{"bob"}, boost::test_tools::per_element());
    BOOST_TEST(*store->list_folders("", {}) == Keys{"users"}, boost::test_tools::per_element());
    BOOST_TEST(store->list_folders("none/", {})->empty());
    BOOST_TEST((store->list_folders("users", {}).error().code == errc::bad_field));
}

BOOST_AUTO_TEST_CASE(missing_objects_are_not_found_and_deleting_them_succeeds) {
    BOOST_TEST((store->get("a/b").error().code == errc::not_found));
    BOOST_TEST(store->head("a").error().line == "a: no such object");
    BOOST_TEST(store->del("a/b").has_value());
    put("a/b");
    BOOST_TEST((store->get("a").error().code == errc::not_found)); // a folder is no object
    BOOST_TEST(store->del("a/b").has_value());
    BOOST_TEST((store->head("a/b").error().code == errc::not_found));
}

BOOST_AUTO_TEST_CASE(keys_that_leave_the_folder_are_refused_by_every_call) {
    write_text(folder / "secret", "x");
    const std::string_view key = "../secret";
    BOOST_TEST((store->put(key, as_bytes("y"), PutIf::any).error().code == errc::bad_field));
    BOOST_TEST((store->get(key).error().code == errc::bad_field));
    BOOST_TEST((store->head(key).error().code == errc::bad_field));
    BOOST_TEST((store->list("../", {}).error().code == errc::bad_field));
    BOOST_TEST((store->del(key).error().code == errc::bad_field));
    BOOST_TEST(read_text(folder / "secret") == "x");
    BOOST_TEST(store->get("a\nb").error().line == "'a\\nb' is not allowed as a key");
}

BOOST_AUTO_TEST_CASE(a_link_in_an_objects_place_is_no_object) {
    write_text(folder / "secret", "x");
    std::filesystem::create_symlink(folder / "secret", folder / "store/link");
    BOOST_TEST((store->get("link").error().code == errc::not_found));
    BOOST_TEST(keys("").empty());
    BOOST_TEST(
        store->put("link", as_bytes("y"), PutIf::any).has_value()); // replaces the link, not its target
    BOOST_TEST(read_text(folder / "secret") == "x");
}

BOOST_AUTO_TEST_CASE(an_object_and_a_folder_cannot_share_a_name) {
    put("a");
    BOOST_TEST((store->put("a/b", as_bytes("x"), PutIf::any).error().code == errc::unwritable));
    put("f/x");
    BOOST_TEST((store->put("f", as_bytes("x"), PutIf::any).error().code == errc::unwritable));
    BOOST_TEST((store->put("f", as_bytes("x"), PutIf::absent).error().code == errc::exists));
}

BOOST_AUTO_TEST_CASE(lists_keys_in_byte_order_below_a_prefix) {
    for (const char* key :
         {"users/bob/1", "users/alice/2", "users/alice/1", "users-old", "users/alice.txt", "z"}) {
        put(key);
    }
    BOOST_TEST(keys("") == (Keys{"users-old", "users/alice.txt", "users/alice/1", "users/alice/2",
                                 "users/bob/1", "z"}),
               boost::test_tools::per_element());
    BOOST_TEST(keys("users/alice/") == (Keys{"users/alice/1", "users/alice/2"}),
               boost::test_tools::per_element());
    BOOST_TEST(keys("users/al") == (Keys{"users/alice.txt", "users/alice/1", "users/alice/2"}),
               boost::test_tools::per_element());
    BOOST_TEST(keys("users/", "users/alice/1") == (Keys{"users/alice/2", "users/bob/1"}),
               boost::test_tools::per_element());
    BOOST_TEST(keys("none/").empty());
    BOOST_TEST(keys("", "z").empty());
}

BOOST_AUTO_TEST_CASE(lists_page_by_page) {
    Keys all;
    for (std::size_t i = 0; i < list_page_max + 5; ++i) {
        all.push_back("k" + std::to_string(10'000 + i));
        write_text(folder / ("store/" + all.back()), "x");
    }
    Keys seen;
    for (Keys page = keys(""); !page.empty(); page = keys("", page.back())) {
        BOOST_TEST(page.size() <= list_page_max);
        seen.insert(seen.end(), page.begin(), page.end());
    }
    BOOST_TEST((seen == all));
}

BOOST_AUTO_TEST_CASE(foreign_files_and_temporaries_are_not_listed) {
    write_text(folder / "store/.cloudp2p-tmp-1", "x");
    write_text(folder / "store/bad\nname", "x");
    put("good");
    BOOST_TEST(keys("") == Keys{"good"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_eight_racing_creators_one_wins_and_its_bytes_are_whole) {
    for (int round = 0; round < 4; ++round) {
        const std::string key = "round/" + std::to_string(round);
        std::array<int, 2> gate{};
        BOOST_TEST_REQUIRE(::pipe(gate.data()) == 0);
        std::vector<pid_t> children;
        for (int i = 0; i < 8; ++i) {
            children.push_back(in_child([&] {
                ::close(gate[1]);
                char ignored = 0;
                static_cast<void>(!::read(gate[0], &ignored, 1)); // until the parent closes its end
                const Bytes bytes(50'000, static_cast<std::byte>('a' + i));
                return store->put(key, bytes, PutIf::absent).has_value() ? i : 100;
            }));
        }
        ::close(gate[0]);
        ::close(gate[1]);
        std::vector<int> winners;
        for (pid_t child : children) {
            if (const int status = exit_status(child); status != 100) winners.push_back(status);
        }
        BOOST_TEST_REQUIRE(winners.size() == 1U);
        const std::string expected(50'000, static_cast<char>('a' + winners[0]));
        BOOST_TEST((as_text(store->get(key)->view()) == expected));
    }
    BOOST_TEST(keys("").size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_full_disk_keeps_the_old_object_and_leaves_nothing_partial) {
    put("a");
    const pid_t child = in_child([&] { // the limit must not reach the test's own log
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{4096, 4096};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const Bytes large(100'000);
        const bool replaced = store->put("a", large, PutIf::any).error().code == errc::disk_full;
        const bool created = store->put("b", large, PutIf::absent).error().code == errc::disk_full;
        return replaced && created ? 0 : 1;
    });
    BOOST_TEST(exit_status(child) == 0);
    BOOST_TEST(as_text(store->get("a")->view()) == "x");
    for (const auto& left : std::filesystem::directory_iterator{folder / "store"})
        BOOST_TEST((left.path().filename() == "a" || left.path().filename() == ".cloudp2p-store"),
                   left.path());
}

BOOST_AUTO_TEST_CASE(a_writer_killed_at_any_moment_leaves_whole_objects_and_hidden_leftovers) {
    const Bytes bytes(20'000, std::byte{'k'});
    for (int round = 0; round < 25; ++round) {
        std::array<int, 2> gate{};
        BOOST_TEST_REQUIRE(::pipe(gate.data()) == 0);
        const pid_t child = in_child([&] {
            for (int i = 0;; ++i) {
                if (!store->put("k/" + std::to_string(i % 8), bytes, i % 2 ? PutIf::any : PutIf::absent))
                    continue;
                static_cast<void>(!::write(gate[1], "x", 1));
            }
            return 0;
        });
        char ignored = 0; // after a varying number of puts, so that the signal meets the next one somewhere
        for (int i = 0; i <= round % 5; ++i) static_cast<void>(!::read(gate[0], &ignored, 1));
        ::kill(child, SIGKILL);
        BOOST_TEST(exit_status(child) == -1);
        ::close(gate[0]);
        ::close(gate[1]);
        for (const std::string& key : keys("")) {
            BOOST_TEST_REQUIRE(key.starts_with("k/"));
            BOOST_TEST(store->get(key)->size() == bytes.size());
            BOOST_TEST(store->del(key).has_value());
        }
    }
    for (const auto& left : std::filesystem::directory_iterator{folder / "store/k"})
        std::filesystem::last_write_time(left.path(), std::filesystem::file_time_type::clock::now() -
                                                          std::chrono::hours{2});
    BOOST_TEST(open_store(store->url()).has_value());
    BOOST_TEST(std::filesystem::is_empty(folder / "store/k"));
}

BOOST_AUTO_TEST_CASE(opening_removes_what_dead_writers_left_in_any_folder) {
    put("deep/er/a");
    const std::filesystem::path stale = folder / "store/deep/er/.cloudp2p-tmp-00";
    write_text(stale, "half a pic");
    std::filesystem::last_write_time(stale,
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours{2});
    BOOST_TEST(open_store(store->url()).has_value());
    BOOST_TEST(!std::filesystem::exists(stale));
    BOOST_TEST(as_text(store->get("deep/er/a")->view()) == "x");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(opening)

BOOST_AUTO_TEST_CASE(nodes_find_out_by_a_number_whether_they_share_a_folder) {
    const TempFolder folder;
    const auto first = open_store("dir:" + (folder / "one").native()).value();
    BOOST_TEST(first->identity() != 0U);
    BOOST_TEST(open_store("dir:" + (folder / "one").native()).value()->identity() == first->identity());
    BOOST_TEST(open_store("dir:" + (folder / "two").native()).value()->identity() != first->identity());
    BOOST_TEST(first->list({}, {})->empty()); // the marker is no object
    write_text(folder / "one/.cloudp2p-store", "short");
    BOOST_TEST((open_store(first->url()).error().code == errc::damaged));
}

BOOST_AUTO_TEST_CASE(what_names_no_engine_is_refused_with_the_forms) {
    for (const char* url : {"/shared/images", "", "ftp://host/x"}) {
        const auto opened = open_store(url);
        BOOST_TEST_REQUIRE(opened.has_error());
        BOOST_TEST(opened.error().code == errc::bad_config);
        BOOST_TEST(opened.error().line ==
                   "store '" + std::string{url} +
                       "': expected dir:PATH, s3://BUCKET[/PREFIX]?endpoint=URL&region=R or "
                       "gs://BUCKET[/PREFIX]");
    }
    BOOST_TEST((open_store("dir:").error().code == errc::bad_config));
}

BOOST_AUTO_TEST_CASE(a_store_of_others_without_keys_says_where_they_are_looked_for) {
    BOOST_TEST(open_store("s3://bucket").error().line ==
               "Failed to initialize user registration: no keys: set AWS_ACCESS_KEY_ID and "
               "AWS_SECRET_ACCESS_KEY, or write ~/.aws/credentials; check it with: node check-store "
               "--store URL");
    BOOST_TEST(open_store("gs://bucket").error().line.find("GOOGLE_APPLICATION_CREDENTIALS") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_refused_at_once) {
    const TempFolder folder;
    write_text(folder / "file", "x");
    BOOST_TEST(open_store("dir:" + (folder / "file").native()).error().line ==
               (folder / "file").native() + ": Not a directory");
    BOOST_TEST((open_store("dir:/proc").error().code == errc::unwritable));
    BOOST_TEST((open_store("dir:/proc/none").error().code == errc::unwritable));
}

BOOST_FIXTURE_TEST_CASE(a_lock_that_somebody_keeps_is_not_waited_for_for_ever, Fixture) {
    put("a");
    const auto before = store->head("a").value();
    BOOST_TEST(store->put("a", as_bytes("y"), PutIf::unchanged(before.etag)).has_value());
    const int held = ::open((folder / "store" / ".cloudp2p-lock").c_str(), O_RDWR | O_CLOEXEC);
    BOOST_TEST_REQUIRE(held >= 0);
    BOOST_TEST_REQUIRE(::flock(held, LOCK_EX) == 0); // a node that was stopped just then
    const auto now = store->head("a").value();
    const auto refused = store->put("a", as_bytes("z"), PutIf::unchanged(now.etag));
    BOOST_TEST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().code == errc::busy));
    ::close(held);
    BOOST_TEST(store->put("a", as_bytes("z"), PutIf::unchanged(now.etag)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
