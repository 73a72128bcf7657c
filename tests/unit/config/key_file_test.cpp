#include "config/key_file.hpp"
#include "support.hpp"
#include "support/temp_folder.hpp"

#include <set>
#include <sys/stat.h>
#include <thread>

using namespace cp;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& text, mode_t mode = 0600) {
    test::write_text(path, text);
    BOOST_REQUIRE(::chmod(path.c_str(), mode) == 0);
}

unsigned mode_of(const fs::path& path) {
    struct stat status {};
    BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

std::size_t entries(const fs::path& directory) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator{directory}, fs::directory_iterator{}));
}

} // namespace

BOOST_AUTO_TEST_SUITE(key_file)

BOOST_AUTO_TEST_CASE(the_default_place_follows_xdg_and_home) {
    const auto path = [](const Environment& e) { return key_path({}, e).value(); };
    BOOST_TEST(path({{"HOME", "/h"}}) == "/h/.config/cloudp2p/cluster.key");
    BOOST_TEST(path({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/x"}}) == "/x/cloudp2p/cluster.key");
    BOOST_TEST(path({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "relative"}}) == "/h/.config/cloudp2p/cluster.key");
    BOOST_TEST(contains(line_of(key_path({}, {})), "--key-file"));
    NodeSection node;
    node.key_file = "~/my.key";
    BOOST_TEST(key_path(node, {{"HOME", "/h"}}).value() == "/h/my.key");
    node.key_file = "my.key";
    BOOST_TEST(key_path(node, {}).value() == "my.key");
}

BOOST_AUTO_TEST_CASE(a_new_key_is_private_and_read_back_the_same) {
    const test::TempFolder directory;
    const fs::path path = directory.path() / "a/b/cluster.key";
    const auto made = obtain_key(path, true);
    BOOST_REQUIRE_MESSAGE(made.has_value(), line_of(made));
    BOOST_TEST(made->created);
    BOOST_TEST(made->path == path);
    BOOST_TEST(mode_of(path) == 0600U);
    BOOST_TEST(mode_of(path.parent_path()) == 0700U);
    BOOST_TEST(entries(path.parent_path()) == 1U); // no temporary file is left
    const auto again = obtain_key(path, true);
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(!again->created);
    BOOST_TEST((again->key.bytes == made->key.bytes));
    BOOST_TEST((made->key.bytes != ClusterKey{}.bytes));
}

BOOST_AUTO_TEST_CASE(without_a_key_none_is_invented_where_others_could_hear) {
    const test::TempFolder directory;
    const auto refused = obtain_key(directory.path() / "it's.key", false);
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST(
        refused.error().line.starts_with("no cluster key: copy it (scp HOST:.config/cloudp2p/cluster.key '"));
    BOOST_TEST(refused.error().line.ends_with("it'\\''s.key'), or --new-cluster"));
    BOOST_TEST(entries(directory.path()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_key_that_others_can_read_is_refused_with_the_chmod) {
    const test::TempFolder directory;
    const fs::path path = directory.path() / "cluster.key";
    for (const mode_t mode : {0640U, 0604U, 0620U, 0601U}) {
        write(path, std::string(64, 'a'), mode);
        const auto refused = obtain_key(path, true);
        BOOST_REQUIRE(!refused.has_value());
        BOOST_TEST((refused.error().code == errc::permissions));
        BOOST_TEST(refused.error().line.ends_with("chmod 600 " + path.string()));
    }
    for (const mode_t mode : {0600U, 0400U}) {
        write(path, std::string(64, 'a'), mode);
        BOOST_TEST(load_key(path).has_value());
        BOOST_REQUIRE(::chmod(path.c_str(), 0600) == 0);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_key_is_refused_and_never_replaced) {
    const test::TempFolder directory;
    const fs::path path = directory.path() / "cluster.key";
    for (const std::string& text : {std::string{}, std::string(63, 'a'), std::string(65, 'a'),
                                    std::string(64, 'g'), std::string(2000, 'a')}) {
        write(path, text);
        BOOST_TEST(line_of(obtain_key(path, true)) != "");
        BOOST_TEST(fs::file_size(path) == text.size());
    }
    write(path, std::string(64, 'A') + "\n");
    BOOST_TEST(load_key(path).has_value());
    BOOST_TEST(line_of(load_key(directory.path())) != ""); // a directory
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_named) {
    const test::TempFolder directory;
    write(directory.path() / "file", "x");
    const auto refused = create_key(directory.path() / "file/below/cluster.key");
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().code == errc::unwritable));
    BOOST_TEST(contains(refused.error().line, (directory.path() / "file").string()));
}

BOOST_AUTO_TEST_CASE(racing_starters_agree_on_one_key) {
    const test::TempFolder directory;
    const fs::path path = directory.path() / "new/cluster.key";
    constexpr std::size_t starters = 8;
    std::vector<Outcome<LoadedKey>> results(starters, Failure{});
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < starters; ++i) {
        threads.emplace_back([&, i] { results[i] = create_key(path); });
    }
    for (std::thread& thread : threads) thread.join();
    std::set<std::string> keys;
    int created = 0;
    for (const auto& result : results) {
        BOOST_REQUIRE_MESSAGE(result.has_value(), line_of(result));
        keys.insert(to_text(result->key));
        created += result->created ? 1 : 0;
    }
    BOOST_TEST(keys.size() == 1U);
    BOOST_TEST(created == 1);
    BOOST_TEST(entries(path.parent_path()) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
