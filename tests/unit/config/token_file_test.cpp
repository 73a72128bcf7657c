#include "config/token_file.hpp"
#include "support/print.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <sys/stat.h>

using namespace cp;
using cp::test::TempFolder;
using cp::test::write_text;

BOOST_AUTO_TEST_SUITE(token_file)

BOOST_AUTO_TEST_CASE(it_lies_beside_the_cluster_key) {
    NodeSection node;
    node.key_file = "/etc/cp/cluster.key";
    BOOST_TEST(token_path(node, {})->native() == "/etc/cp/http.token");
}

BOOST_AUTO_TEST_CASE(it_is_made_once_and_only_its_owner_reads_it) {
    const TempFolder folder;
    const auto path = folder / "new/http.token";
    BOOST_TEST((load_token(path).error().code == errc::not_found));
    const std::string token = obtain_token(path).value();
    BOOST_TEST(token.size() == 64U);
    BOOST_TEST(obtain_token(path).value() == token);
    BOOST_TEST(load_token(path).value() == token);
    struct stat status {};
    BOOST_TEST_REQUIRE(::stat(path.c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777U) == 0600U);
}

BOOST_AUTO_TEST_CASE(one_that_others_can_read_or_that_is_none_is_refused) {
    const TempFolder folder;
    const auto path = folder / "http.token";
    write_text(path, std::string(64, 'a') + '\n');
    ::chmod(path.c_str(), 0644);
    BOOST_TEST(load_token(path).error().line ==
               path.native() + ": others can read this token: chmod 600 " + path.native());
    ::chmod(path.c_str(), 0600);
    BOOST_TEST(load_token(path).value() == std::string(64, 'a'));
    for (const std::string& text :
         {std::string{}, std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'G')}) {
        write_text(path, text);
        BOOST_TEST((load_token(path).error().code == errc::bad_field), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
