#include "election/load_score.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp::election;

BOOST_AUTO_TEST_SUITE(load)

BOOST_AUTO_TEST_CASE(the_known_scores) {
    BOOST_TEST(load_score({10, 0, 90}) == 7.0, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(load_score({40, 3, 70}) == 35.0, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(load_score({80, 8, 30}) == 78.0, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(more_than_ten_tasks_count_as_ten) {
    BOOST_TEST(load_score({0, 11, 100}) == load_score({0, 10, 100}));
}

BOOST_AUTO_TEST_CASE(the_wire_carries_hundredths_within_bounds) {
    BOOST_TEST(in_hundredths(35.0) == 3500);
    BOOST_TEST(in_hundredths(-1) == 0);
    BOOST_TEST(in_hundredths(1000) == 10000);
}

BOOST_AUTO_TEST_SUITE_END()
