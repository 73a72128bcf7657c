#include "transfer/memory_budget.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace cp::transfer;

BOOST_AUTO_TEST_SUITE(memory_budget)

BOOST_AUTO_TEST_CASE(fills_to_the_last_byte_and_not_beyond) {
    MemoryBudget budget{100};
    BOOST_TEST(budget.reserve(60));
    BOOST_TEST(!budget.reserve(41));
    BOOST_TEST(budget.used() == 60U);
    BOOST_TEST(budget.reserve(40));
    BOOST_TEST(!budget.reserve(1));
    BOOST_TEST(budget.reserve(0));
    budget.release(100);
    BOOST_TEST(budget.used() == 0U);
}

BOOST_AUTO_TEST_CASE(a_claim_near_the_largest_number_does_not_wrap) {
    MemoryBudget budget{100};
    BOOST_TEST(budget.reserve(50));
    BOOST_TEST(!budget.reserve(std::numeric_limits<std::uint64_t>::max()));
    BOOST_TEST(!budget.reserve(std::numeric_limits<std::uint64_t>::max() - 49));
    BOOST_TEST(budget.used() == 50U);
}

BOOST_AUTO_TEST_CASE(a_reservation_gives_back_once_wherever_it_was_moved) {
    MemoryBudget budget{100};
    {
        auto taken = MemoryReservation::take(budget, 70);
        BOOST_TEST_REQUIRE(taken.has_value());
        BOOST_TEST(!MemoryReservation::take(budget, 31).has_value());
        MemoryReservation moved = std::move(*taken);
        BOOST_TEST(moved.bytes() == 70U);
        BOOST_TEST(taken->bytes() == 0U);
        taken.reset();
        BOOST_TEST(budget.used() == 70U);
        MemoryReservation other;
        other = std::move(moved);
        BOOST_TEST(budget.used() == 70U);
    }
    BOOST_TEST(budget.used() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
