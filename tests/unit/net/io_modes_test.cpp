#include "net/io_modes.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <utility>

using namespace cp;
using net::IoMode;
using net::IoModes;

BOOST_AUTO_TEST_SUITE(io_modes)

BOOST_AUTO_TEST_CASE(each_word_names_a_way_there_and_a_way_back) {
    constexpr std::array<std::pair<std::string_view, IoModes>, 5> wanted{{
        {"gso,gro", {IoMode::segmented, IoMode::segmented}},
        {"gso", {IoMode::segmented, IoMode::batch}},
        {"gro", {IoMode::batch, IoMode::segmented}},
        {"batch", {IoMode::batch, IoMode::batch}},
        {"plain", {IoMode::plain, IoMode::plain}},
    }};
    for (const auto& [word, modes] : wanted) {
        const auto parsed = IoModes::parse(word);
        BOOST_TEST_REQUIRE(parsed.has_value(), word);
        BOOST_TEST(*parsed == modes);
    }
}

BOOST_AUTO_TEST_CASE(the_best_of_both_is_the_default) { BOOST_TEST(*IoModes::parse("") == IoModes{}); }

BOOST_AUTO_TEST_CASE(refuses_other_words_and_says_which_there_are) {
    for (const std::string_view text : {"gso,", "GSO", "batch,gro", "none", " "}) {
        const auto parsed = IoModes::parse(text);
        BOOST_TEST_REQUIRE(!parsed, text);
        BOOST_CHECK(parsed.error().code == errc::bad_config);
        BOOST_TEST(parsed.error().line == "CLOUDP2P_TEST_IO=" + std::string{text} +
                                              ": want gso,gro or gso or gro or batch or plain");
    }
}

BOOST_AUTO_TEST_SUITE_END()
