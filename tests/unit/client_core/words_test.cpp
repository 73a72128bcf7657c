#include "client_core/words.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::client;

namespace {

using Words = std::vector<std::string>;

void check_words(std::string_view line, const Words& expected) {
    const Outcome<Words> words = split_line(line);
    BOOST_TEST_REQUIRE(words.has_value(), line);
    BOOST_TEST(*words == expected, boost::test_tools::per_element());
}

std::string refusal(std::string_view line) {
    const Outcome<Words> words = split_line(line);
    if (words.has_value()) return "accepted";
    return words.error().code == errc::usage ? words.error().line : "another code";
}

} // namespace

BOOST_AUTO_TEST_SUITE(words)

BOOST_AUTO_TEST_CASE(blanks_separate_and_do_not_count) {
    check_words("", {});
    check_words("  \t \r", {});
    check_words(" upload\ta.png  b.png ", {"upload", "a.png", "b.png"});
}

BOOST_AUTO_TEST_CASE(a_bare_tilde_at_the_begin_of_a_path_is_home) {
    const auto words = [](std::string_view line) { return *split_line(line, "/home/alice"); };
    BOOST_TEST(words("upload ~/a.png ~/'b c.png'") ==
                   (Words{"upload", "/home/alice/a.png", "/home/alice/b c.png"}),
               boost::test_tools::per_element());
    for (const char* line : {"'~/a'", "\"~/a\"", "\\~/a"})
        BOOST_TEST(words(line) == Words{"~/a"}, boost::test_tools::per_element());
    for (const char* line : {"~bob/a", "a~/b", "~", "./~/a"})
        BOOST_TEST(words(line) == Words{line}, boost::test_tools::per_element());
    check_words("~/a", {"~/a"}); // nobody's home
}

BOOST_AUTO_TEST_CASE(quotes_and_backslashes_protect_as_in_a_shell) {
    check_words("upload 'my holiday.png'", {"upload", "my holiday.png"});
    check_words("upload my\\ holiday.png", {"upload", "my holiday.png"});
    check_words("\"it's\" 'say \"hi\"'", {"it's", "say \"hi\""});
    check_words("a'b c'\"d e\"f", {"ab cd ef"});
    check_words("'' \"\"", {"", ""});
    check_words("'a\\b' \"a\\b\\\"\\\\\"", {"a\\b", "a\\b\"\\"});
    check_words("\\'a\\# \\\\", {"'a#", "\\"});
    check_words("größe 'ü ö'", {"größe", "ü ö"});
}

BOOST_AUTO_TEST_CASE(a_hash_that_begins_a_word_begins_a_comment) {
    check_words("# upload a.png", {});
    check_words("upload a.png # the holidays 'unclosed", {"upload", "a.png"});
    check_words("upload a#1.png '#2.png' \\#3.png", {"upload", "a#1.png", "#2.png", "#3.png"});
}

BOOST_AUTO_TEST_CASE(what_is_left_open_is_named_with_its_place) {
    BOOST_TEST(refusal("upload 'my holiday.png") == "the quote ' at column 8 is not closed");
    BOOST_TEST(refusal("ü \"a\\") == "the quote \" at column 3 is not closed");
    BOOST_TEST(refusal("upload a\\") == "the line ends with a backslash (\\\\ means the character itself)");
    BOOST_TEST(refusal(std::string_view{"up\0load", 7}) == "a NUL byte in the line");
}

BOOST_AUTO_TEST_CASE(the_word_before_the_cursor_is_found_in_every_quoting) {
    const OpenWord plain = open_word("upload my\\ ho");
    BOOST_TEST(plain.before == Words{"upload"}, boost::test_tools::per_element());
    BOOST_TEST(plain.from == 7U);
    BOOST_TEST(plain.text == "my ho");
    BOOST_TEST((plain.quoting == Quoting::backslash));

    const OpenWord quoted = open_word("upload 'my ho");
    BOOST_TEST(quoted.from == 7U);
    BOOST_TEST(quoted.text == "my ho");
    BOOST_TEST((quoted.quoting == Quoting::single));
    BOOST_TEST((open_word("\"a").quoting == Quoting::with_double));

    const OpenWord next = open_word("upload a ");
    BOOST_TEST(next.before.size() == 2U);
    BOOST_TEST(next.from == 9U);
    BOOST_TEST(next.text.empty());
    BOOST_TEST(open_word("").from == 0U);
    BOOST_TEST(open_word("upload # a").in_comment);
}

BOOST_AUTO_TEST_CASE(an_escaped_word_reads_back_as_itself) {
    for (const std::string word :
         {"plain", "my holiday.png", "it's", "a\"b\\c$d`e", "#1", "ü*?[]{}!&;|<>()\t", "a'b c"}) {
        for (Quoting quoting : {Quoting::backslash, Quoting::single, Quoting::with_double}) {
            check_words(escaped(word, quoting) + std::string{closing(quoting)}, {word});
        }
    }
    BOOST_TEST(escaped("my holiday.png", Quoting::backslash) == "my\\ holiday.png");
}

BOOST_AUTO_TEST_SUITE_END()
