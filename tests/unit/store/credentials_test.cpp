#include "store/credentials.hpp"
#include "support/print.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::store;
using cp::test::TempFolder;
using cp::test::write_text;

namespace {

const std::string file = "# made by a tool\n[default]\naws_access_key_id = AKIA1\n"
                         "aws_secret_access_key = a/b+c=d\n\n[work]\r\naws_access_key_id=AKIA2\r\n"
                         "aws_secret_access_key=s2\r\naws_session_token=t2\r\n[empty]\nregion = x\n";

RemoteUrl url_with(const std::string& more = {}) { return *parse_remote_url("s3://pictures" + more, {}); }

} // namespace

BOOST_AUTO_TEST_SUITE(credentials)

BOOST_AUTO_TEST_CASE(sections_of_a_file_are_read_also_with_windows_line_ends) {
    const auto first = read_credentials(file, "default");
    BOOST_TEST(first->key == "AKIA1");
    BOOST_TEST(first->secret == "a/b+c=d");
    BOOST_TEST(first->session == "");
    const auto second = read_credentials(file, "work");
    BOOST_TEST(second->secret == "s2");
    BOOST_TEST(second->session == "t2");
}

BOOST_AUTO_TEST_CASE(a_file_without_the_keys_is_refused_without_showing_it) {
    BOOST_TEST(read_credentials(file, "none").error().line == "no section [none]");
    BOOST_TEST((read_credentials(file, "empty").error().code == errc::not_found));
    const auto broken = read_credentials("[default]\nsecret-without-equals\n", "default");
    BOOST_TEST(broken.error().code == errc::damaged);
    BOOST_TEST(broken.error().line.find("secret") == std::string::npos);
    const auto blank =
        read_credentials("[default]\naws_access_key_id = a b\naws_secret_access_key = s\n", "default");
    BOOST_TEST((blank.error().code == errc::damaged));
}

void write_secret(const std::filesystem::path& path, const std::string& text) {
    write_text(path, text);
    std::filesystem::permissions(path, std::filesystem::perms{0640});
}

BOOST_AUTO_TEST_CASE(a_file_that_everybody_can_read_is_refused_with_the_chmod_to_type) {
    const TempFolder home;
    write_secret(home / "keys", file);
    const Environment around{{"AWS_SHARED_CREDENTIALS_FILE", (home / "keys").native()}};
    BOOST_TEST(find_credentials(url_with(), around)->key == "AKIA1");
    std::filesystem::permissions(home / "keys", std::filesystem::perms{0644});
    const auto refused = find_credentials(url_with(), around);
    BOOST_TEST(refused.error().code == errc::permissions);
    BOOST_TEST(refused.error().line.find("chmod o-r " + (home / "keys").native()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(they_are_found_in_the_documented_order) {
    const TempFolder home;
    std::filesystem::create_directory(home / ".aws");
    write_secret(home / ".aws/credentials", file);
    write_secret(home / "named", "[default]\naws_access_key_id = N\naws_secret_access_key = n\n");
    Environment around{{"HOME", home.path().native()}};
    BOOST_TEST(find_credentials(url_with(), around)->key == "AKIA1");
    BOOST_TEST(find_credentials(url_with("?profile=work"), around)->key == "AKIA2");
    around["AWS_SHARED_CREDENTIALS_FILE"] = (home / "named").native();
    BOOST_TEST(find_credentials(url_with(), around)->key == "N");
    around["AWS_ACCESS_KEY_ID"] = "E";
    BOOST_TEST(find_credentials(url_with(), around)->key == "N"); // a key without a secret is none
    around["AWS_SECRET_ACCESS_KEY"] = "e";
    BOOST_TEST(find_credentials(url_with(), around)->key == "E");
    BOOST_TEST(
        find_credentials(url_with("?credentials=" + (home / ".aws/credentials").native()), around)->key ==
        "AKIA1");
}

BOOST_AUTO_TEST_CASE(without_any_it_says_what_to_set) {
    const TempFolder home;
    const auto none = find_credentials(url_with(), {{"HOME", home.path().native()}});
    BOOST_TEST(none.error().code == errc::not_found);
    BOOST_TEST(none.error().line ==
               "no keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write ~/.aws/credentials");
}

BOOST_AUTO_TEST_SUITE_END()
