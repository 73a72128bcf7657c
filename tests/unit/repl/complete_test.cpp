#include "repl/complete.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp::client;

namespace {

std::vector<FolderEntry> pictures(const std::string& folder) {
    if (folder == "trip/") return {{"beach.png"}};
    if (!folder.empty()) return {};
    return {{"my holiday 1.png"}, {"my holiday 2.png"}, {"it's.png"},  {"trip", true},  {".hidden.png"},
            {"gräser.png"},       {"grün.png"},         {"bad\n.png"}, {"bad\xff.png"}, {"#1.png"}};
}

std::string completed(std::string_view line) {
    const Completion c = complete(line, pictures);
    return c.replacement.empty() ? std::string{} : std::string{line.substr(0, c.from)} + c.replacement;
}

std::string choices(std::string_view line) {
    const Completion c = complete(line, pictures);
    BOOST_TEST(c.replacement == "");
    std::string out;
    for (const std::string& choice : c.choices) out += choice + '|';
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(completion)

BOOST_AUTO_TEST_CASE(the_first_word_is_a_command) {
    BOOST_TEST(completed("upl") == "upload ");
    BOOST_TEST(completed("  se") == "  send-image ");
    BOOST_TEST(choices("d") == "decrypt|discover|doctor|");
    BOOST_TEST(completed("help upl") == "help upload ");
    BOOST_TEST(completed("nonsense my") == "");
    BOOST_TEST(completed("status my") == "");
}

BOOST_AUTO_TEST_CASE(paths_are_completed_in_the_quoting_in_which_they_were_begun) {
    BOOST_TEST(completed("upload my") == "upload my\\ holiday\\ ");
    BOOST_TEST(completed("upload my\\ holiday\\ 1") == "upload my\\ holiday\\ 1.png ");
    BOOST_TEST(completed("upload 'my h") == "upload 'my holiday ");
    BOOST_TEST(completed("upload 'my holiday 2") == "upload 'my holiday 2.png' ");
    BOOST_TEST(completed("upload \"my holiday 2") == "upload \"my holiday 2.png\" ");
    BOOST_TEST(completed("upload i") == "upload it\\'s.png ");
    BOOST_TEST(completed("upload 'i") == "upload 'it'\\''s.png' ");
    BOOST_TEST(completed("upload \\#") == "upload \\#1.png ");
    BOOST_TEST(completed("upload #") == ""); // a comment
}

BOOST_AUTO_TEST_CASE(several_are_shown_when_nothing_can_be_added) {
    BOOST_TEST(choices("upload my\\ holiday\\ ") == "my holiday 1.png|my holiday 2.png|");
    BOOST_TEST(completed("decrypt a -o t") == "decrypt a -o trip/");
}

BOOST_AUTO_TEST_CASE(a_folder_is_not_the_end_of_a_path) {
    BOOST_TEST(completed("upload t") == "upload trip/");
    BOOST_TEST(completed("upload 't") == "upload 'trip/");
    BOOST_TEST(completed("upload trip/") == "upload trip/beach.png ");
    BOOST_TEST(completed("upload none/") == "");
}

BOOST_AUTO_TEST_CASE(names_part_at_characters_and_not_at_bytes) {
    // ä and ü begin with the same byte.
    BOOST_TEST(completed("upload g") == "upload gr");
    BOOST_TEST(choices("upload gr") == "gräser.png|grün.png|");
}

BOOST_AUTO_TEST_CASE(hidden_names_wait_for_their_dot_and_hostile_ones_are_left_out) {
    BOOST_TEST(completed("upload .") == "upload .hidden.png ");
    BOOST_TEST(completed("upload bad") == "");
    BOOST_TEST(choices("upload ") ==
               "#1.png|gräser.png|grün.png|it's.png|my holiday 1.png|my holiday 2.png|trip/|");
}

BOOST_AUTO_TEST_CASE(the_real_folder_is_listed) {
    const cp::test::TempFolder folder;
    cp::test::write_text(folder / "a.png", "x");
    std::filesystem::create_directory(folder / "b");
    const std::string begin = "upload " + folder.path().native() + '/';
    const auto list = [&](const std::string& of) { return list_folder(of, folder.path().native()); };
    BOOST_TEST(complete(begin + "a", list).replacement == folder.path().native() + "/a.png ");
    BOOST_TEST(complete(begin + "b", list).replacement == folder.path().native() + "/b/");
    BOOST_TEST(complete("upload ~/a", list).replacement == "~/a.png ");
    BOOST_TEST(list_folder("~/", "").empty());
    BOOST_TEST(list_folder(folder.path().native() + "/none/", "").empty());
}

BOOST_AUTO_TEST_SUITE_END()
