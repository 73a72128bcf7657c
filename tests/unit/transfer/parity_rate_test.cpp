#include "transfer/parity_rate.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::transfer;

BOOST_AUTO_TEST_SUITE(parity_rate)

BOOST_AUTO_TEST_CASE(nothing_goes_ahead_where_little_is_lost) {
    ParityRate rate;
    for (int block = 0; block < 100; ++block) {
        rate.queued(3); // the worst of eight at 1 %
        BOOST_TEST(rate.block_done(128) == 0U);
    }
}

BOOST_AUTO_TEST_CASE(most_of_what_is_needed_goes_ahead_where_much_is_lost) {
    ParityRate rate;
    std::uint32_t ahead = 0;
    for (int block = 0; block < 100; ++block) {
        rate.queued(ahead < 12 ? 12 - ahead : 0); // the rest is asked for
        ahead = rate.block_done(128);
        rate.queued(ahead);
    }
    BOOST_TEST(ahead == 8U);
    BOOST_TEST(rate.block_done(32) <= 2U); // of a short block as much less
}

BOOST_AUTO_TEST_CASE(it_ends_where_loss_ends) {
    ParityRate rate;
    rate.queued(128);
    std::uint32_t ahead = rate.block_done(128);
    BOOST_TEST(ahead == 12U);
    int blocks = 0;
    for (; ahead > 0; ++blocks) {
        rate.queued(ahead);
        ahead = rate.block_done(128);
        BOOST_TEST_REQUIRE(blocks < 50);
    }
    BOOST_TEST(blocks < 40);
}

BOOST_AUTO_TEST_SUITE_END()
