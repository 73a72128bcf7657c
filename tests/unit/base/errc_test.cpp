#include "base/errc.hpp"
#include "base/result.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <vector>

using namespace cp;

namespace {

constexpr int most = 100; // far beyond the last

std::vector<errc> every_value() {
    std::vector<errc> values;
    for (int value = 1; value < most; ++value)
        if (name(errc{value}) != "unknown") values.push_back(errc{value});
    return values;
}

} // namespace

BOOST_AUTO_TEST_SUITE(errors)

// The switch behind this has no default, so a value without a sentence does not compile; a copied one would.
BOOST_AUTO_TEST_CASE(every_value_has_a_name_and_a_sentence_of_its_own) {
    const auto values = every_value();
    BOOST_TEST(values.size() > 35U);
    std::set<std::string> names, sentences;
    for (errc error : values) {
        names.emplace(name(error));
        sentences.insert(make_error_code(error).message());
    }
    BOOST_TEST(names.size() == values.size());
    BOOST_TEST(sentences.size() == values.size());
    BOOST_TEST(!sentences.contains(""));
}

// They are on the wire, between programs of different age.
BOOST_AUTO_TEST_CASE(numbers_stay_what_they_are) {
    BOOST_TEST(static_cast<int>(errc::truncated) == 1);
    BOOST_TEST(static_cast<int>(errc::busy) == 14);
    BOOST_TEST(static_cast<int>(errc::no_leader) == 16);
    BOOST_TEST(static_cast<int>(errc::lost) == 21);
    BOOST_TEST(static_cast<int>(errc::denied) == 41);
}

BOOST_AUTO_TEST_CASE(names_are_fit_for_json_and_logs) {
    for (errc error : every_value()) {
        const std::string_view text = name(error);
        BOOST_TEST(std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }),
                   text);
    }
}

BOOST_AUTO_TEST_CASE(a_number_that_is_no_value_is_unknown_and_harmless) {
    for (int value : {0, -1, 65'535}) {
        BOOST_TEST(name(errc{value}) == "unknown");
        BOOST_TEST(!make_error_code(errc{value}).message().empty());
    }
}

BOOST_AUTO_TEST_CASE(an_error_compares_with_its_value_and_with_no_other_category) {
    const boost::system::error_code code = errc::replayed;
    BOOST_TEST((code == errc::replayed));
    BOOST_TEST((code != errc::truncated));
    BOOST_TEST(code.failed());
    BOOST_TEST(code.category().name() == std::string{"cloudp2p"});
    BOOST_TEST((code != boost::system::error_code{code.value(), boost::system::generic_category()}));
}

BOOST_AUTO_TEST_CASE(a_failed_outcome_throws_its_line_when_somebody_takes_the_value_anyway) {
    const Outcome<int> outcome{Failure{errc::not_found, "no.png: no such file"}};
    try {
        [[maybe_unused]] const int value = outcome.value();
        BOOST_TEST(false, "nothing was thrown");
    } catch (const boost::system::system_error& error) {
        BOOST_TEST((error.code() == errc::not_found));
        BOOST_TEST(std::string{error.what()}.starts_with("no.png: no such file"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
