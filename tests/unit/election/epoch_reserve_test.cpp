#include "election/epoch_reserve.hpp"

#include <boost/test/unit_test.hpp>

using cp::election::EpochReserve;

BOOST_AUTO_TEST_SUITE(epoch_reserve)

BOOST_AUTO_TEST_CASE(a_start_moves_the_mark_ahead_of_what_it_loaded) {
    EpochReserve empty{0};
    BOOST_TEST((empty.due(0) == 1000U));
    EpochReserve reserve{7000};
    BOOST_TEST((reserve.due(7000) == 8000U)); // the mark counts as the highest seen
}

BOOST_AUTO_TEST_CASE(it_is_moved_when_fewer_than_500_are_left) {
    EpochReserve reserve{1000};
    BOOST_TEST((reserve.due(500) == std::nullopt));
    BOOST_TEST((reserve.due(501) == 1501U));
    BOOST_TEST((reserve.due(1001) == std::nullopt));
    BOOST_TEST((reserve.due(1002) == 2002U));
}

BOOST_AUTO_TEST_CASE(it_is_given_once_while_it_is_being_written) {
    EpochReserve reserve{0};
    BOOST_TEST((reserve.due(1) == 1001U));
    BOOST_TEST((reserve.due(2) == std::nullopt));
    BOOST_TEST(reserve.durable() == 0U);
    reserve.written(1001);
    BOOST_TEST(reserve.durable() == 1001U);
    BOOST_TEST((reserve.due(2) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(a_counter_far_ahead_does_not_wait_for_the_write_under_way) {
    EpochReserve reserve{0};
    BOOST_TEST((reserve.due(1) == 1001U));
    BOOST_TEST((reserve.due(1'000'000) == 1'001'000U));
    reserve.written(1'001'000);
    reserve.written(1001); // overtaken
    BOOST_TEST(reserve.durable() == 1'001'000U);
}

BOOST_AUTO_TEST_CASE(a_write_that_failed_is_due_again) {
    EpochReserve reserve{1000};
    BOOST_TEST((reserve.due(900) == 1900U));
    reserve.failed();
    BOOST_TEST((reserve.due(901) == 1901U));
}

BOOST_AUTO_TEST_SUITE_END()
