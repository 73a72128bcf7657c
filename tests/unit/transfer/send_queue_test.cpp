#include "transfer/send_queue.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::transfer;

namespace {

constexpr std::size_t any = 1000;

std::vector<wire::BlockGap> first_eight(std::uint8_t bits) {
    wire::BlockGap gap;
    gap.missing[0] = std::byte{bits};
    return {gap};
}

} // namespace

BOOST_AUTO_TEST_SUITE(send_queue)

BOOST_AUTO_TEST_CASE(the_first_pass_is_in_order) {
    SendQueue queue{3, false};
    BOOST_TEST(queue.waiting() == 3U);
    for (std::uint32_t s = 0; s < 3; ++s) BOOST_TEST(queue.take() == s);
    BOOST_TEST(queue.waiting() == 0U);
    BOOST_TEST(queue.repairs() == 0U);
}

BOOST_AUTO_TEST_CASE(only_what_went_out_at_or_below_the_highest_is_lost) {
    SendQueue queue{3, false};
    for (std::uint32_t s = 0; s < 3; ++s) queue.sent(queue.take(), 10 + s);
    queue.on_gaps(first_eight(0b111), 11, any);
    BOOST_TEST(queue.repairs_waiting() == 2U);
    queue.on_gaps(first_eight(0b111), 11, any);
    BOOST_TEST(queue.repairs_waiting() == 2U);
    BOOST_TEST(queue.take() == 0U);
    queue.sent(0, 13);
    queue.on_gaps(first_eight(0b001), 12, any); // the repair is under way
    BOOST_TEST(queue.repairs_waiting() == 1U);
    BOOST_TEST(queue.repairs() == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_never_sent_cannot_be_lost) {
    SendQueue queue{8, false};
    queue.sent(queue.take(), 1);
    queue.on_gaps(first_eight(0xff), 1, any);
    BOOST_TEST(queue.repairs_waiting() == 1U);
}

BOOST_AUTO_TEST_CASE(with_repairs_only_whatever_is_missing_is_lost) {
    SendQueue queue{8, true};
    BOOST_TEST(queue.waiting() == 0U);
    queue.on_gaps(first_eight(0b10100000), 0, any);
    BOOST_TEST(queue.take() == 5U);
    BOOST_TEST(queue.take() == 7U);
}

BOOST_AUTO_TEST_CASE(a_bound_on_waiting_repairs_holds) {
    SendQueue queue{8, true};
    queue.on_gaps(first_eight(0xff), 0, 3);
    BOOST_TEST(queue.waiting() == 3U);
    queue.on_gaps(first_eight(0xff), 0, 3);
    BOOST_TEST(queue.waiting() == 3U);
}

BOOST_AUTO_TEST_CASE(a_stopped_queue_sends_only_what_is_asked_for_again) {
    SendQueue queue{8, false};
    for (std::uint32_t s = 0; s < 4; ++s) queue.sent(queue.take(), 10 + s);
    queue.on_gaps(first_eight(0b1), 20, any);
    queue.stop();
    BOOST_TEST(queue.waiting() == 0U);
    queue.on_gaps(first_eight(0b1), 20, any);
    BOOST_TEST(queue.waiting() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
