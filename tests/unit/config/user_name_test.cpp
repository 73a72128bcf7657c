#include "config/user_name.hpp"
#include "support.hpp"

using namespace cp;

BOOST_AUTO_TEST_SUITE(user_name)

BOOST_AUTO_TEST_CASE(names_of_people_are_accepted) {
    for (const std::string& name :
         {std::string{"alice"}, std::string{"Jürgen Groß"}, std::string{"愛"}, std::string{"..."},
          std::string{"-x"}, std::string(64, 'x'), std::string{".a"}}) {
        BOOST_TEST(line_of(check_user_name(name)) == "", name);
    }
}

BOOST_AUTO_TEST_CASE(what_would_hurt_a_file_name_or_a_log_is_refused_with_the_reason) {
    const auto line = [](std::string_view name) { return line_of(check_user_name(name)); };
    BOOST_TEST(contains(line(""), "is empty"));
    BOOST_TEST(contains(line(std::string(65, 'x')), "65 bytes long"));
    BOOST_TEST(contains(line("."), "names a directory"));
    BOOST_TEST(contains(line(".."), "names a directory"));
    BOOST_TEST(contains(line("a/b"), "contains '/'"));
    BOOST_TEST(contains(line("a\nb"), "control character"));
    BOOST_TEST(contains(line("a\x7f"), "control character"));
    BOOST_TEST(contains(line("a\u0085"), "control character"));
    BOOST_TEST(contains(line(std::string_view{"a\0b", 3}), "control character"));
    BOOST_TEST(contains(line("a\xff"), "is not UTF-8"));
    BOOST_TEST(!contains(line("a\nb"), "\n"));
}

BOOST_AUTO_TEST_SUITE_END()
