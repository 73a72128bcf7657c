#include "config/data_dir.hpp"
#include "support.hpp"
#include "support/temp_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

using namespace cp;
namespace fs = std::filesystem;

namespace {

Environment state_in(const test::TempFolder& directory) {
    return {{"XDG_STATE_HOME", directory.path().string()}};
}

NodeSection with_id(std::uint32_t id) {
    NodeSection node;
    node.id = NodeId{id};
    return node;
}

} // namespace

BOOST_AUTO_TEST_SUITE(data_dir)

BOOST_AUTO_TEST_CASE(an_id_names_its_private_directory) {
    const test::TempFolder directory;
    const auto home = open_node_home(with_id(3), state_in(directory));
    BOOST_REQUIRE_MESSAGE(home.has_value(), line_of(home));
    BOOST_TEST((home->id == NodeId{3}));
    BOOST_TEST(home->data.path() == directory.path() / "cloudp2p/node-3");
    struct stat status {};
    BOOST_REQUIRE(::stat(home->data.path().c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 07777U) == 0700U);
}

BOOST_AUTO_TEST_CASE(a_second_holder_is_told_who_holds_it_until_the_first_lets_go) {
    const test::TempFolder directory;
    auto first = DataDir::open(directory.path() / "d");
    BOOST_REQUIRE(first.has_value());
    const auto second = DataDir::open(directory.path() / "d");
    BOOST_REQUIRE(!second.has_value());
    BOOST_TEST((second.error().code == errc::busy));
    BOOST_TEST(contains(second.error().line, "(process " + std::to_string(::getpid()) + ")"),
               second.error().line);
    BOOST_TEST(contains(second.error().line, "--data-dir"));
    { const DataDir gone = *std::move(first); }
    BOOST_TEST(DataDir::open(directory.path() / "d").has_value());
}

BOOST_AUTO_TEST_CASE(nodes_without_an_id_take_the_first_free_directory_and_its_id_stays) {
    const test::TempFolder directory;
    const Environment environment = state_in(directory);
    NodeId first_id;
    NodeId second_id;
    {
        const auto first = open_node_home({}, environment);
        const auto second = open_node_home({}, environment);
        BOOST_REQUIRE(first.has_value());
        BOOST_REQUIRE(second.has_value());
        BOOST_TEST(first->data.path() == directory.path() / "cloudp2p/auto-1");
        BOOST_TEST(second->data.path() == directory.path() / "cloudp2p/auto-2");
        first_id = first->id;
        second_id = second->id;
    }
    BOOST_TEST(static_cast<bool>(first_id));
    BOOST_TEST((first_id != second_id));
    const auto first = open_node_home({}, environment);
    const auto second = open_node_home({}, environment);
    BOOST_TEST((first->id == first_id));
    BOOST_TEST((second->id == second_id));
}

BOOST_AUTO_TEST_CASE(a_named_directory_keeps_an_id_when_none_is_given) {
    const test::TempFolder directory;
    NodeSection node;
    node.data_dir = "~/d";
    const Environment environment{{"HOME", directory.path().string()}};
    const NodeId id = open_node_home(node, environment)->id;
    BOOST_TEST((open_node_home(node, environment)->id == id));
    node.id = NodeId{9};
    const auto named = open_node_home(node, environment);
    BOOST_TEST((named->id == NodeId{9}));
    BOOST_TEST(named->data.path() == directory.path() / "d");
}

BOOST_AUTO_TEST_CASE(an_illegible_id_is_replaced) {
    const test::TempFolder directory;
    const auto data = DataDir::open(directory.path() / "d");
    for (const char* text : {"", "0\n", "x\n", "4294967296\n", "-3\n"}) {
        test::write_text(directory.path() / "d/id", text);
        BOOST_TEST(static_cast<bool>(data->kept_id().value()), text);
    }
    test::write_text(directory.path() / "d/id", "4294967295\n");
    BOOST_TEST((data->kept_id().value() == NodeId{4294967295}));
}

BOOST_AUTO_TEST_CASE(every_life_gets_a_higher_incarnation) {
    const test::TempFolder directory;
    const fs::path path = directory.path() / "d";
    for (const std::uint64_t expected : {1'700'000'000U, 1'700'000'001U, 1'700'000'002U}) {
        const auto data = DataDir::open(path);
        BOOST_TEST(data->claim_incarnation(1'700'000'000).value() == expected); // the clock stands still
    }
    const auto data = DataDir::open(path);
    BOOST_TEST(data->claim_incarnation(5).value() == 1'700'000'003U); // or went back
    for (const char* text : {"", "junk", "18446744073709551615"}) {
        test::write_text(path / "incarnation", text);
        BOOST_TEST(data->claim_incarnation(1'800'000'000).value() == 1'800'000'000U, text);
    }
}

BOOST_AUTO_TEST_CASE(a_directory_that_cannot_be_written_is_an_error_with_its_name) {
    const test::TempFolder directory;
    test::write_text(directory.path() / "file", "x");
    for (const fs::path& path :
         {directory.path() / "file", directory.path() / "file/below", fs::path{"/proc/nothing"}}) {
        const auto refused = DataDir::open(path);
        BOOST_REQUIRE(!refused.has_value());
        BOOST_TEST((refused.error().code == errc::unwritable), refused.error().line);
        BOOST_TEST(contains(refused.error().line, path.begin()->string()), refused.error().line);
    }
    const auto data = DataDir::open(directory.path() / "d");
    fs::create_directory(directory.path() / "d/incarnation"); // cannot be read, cannot be replaced
    BOOST_TEST(line_of(data->claim_incarnation(1)) != "");
    BOOST_TEST(contains(line_of(open_node_home(with_id(1), {})), "--data-dir"));
}

BOOST_AUTO_TEST_CASE(history_lives_where_the_system_keeps_state) {
    BOOST_TEST(history_file({{"HOME", "/home/alice"}}) == "/home/alice/.local/state/cloudp2p/history");
    BOOST_TEST(history_file({{"HOME", "/home/alice"}, {"XDG_STATE_HOME", "/state"}}) ==
               "/state/cloudp2p/history");
    BOOST_TEST(history_file({{"HOME", "/home/alice"}, {"XDG_STATE_HOME", "relative"}}) ==
               "/home/alice/.local/state/cloudp2p/history");
    BOOST_TEST(history_file({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
