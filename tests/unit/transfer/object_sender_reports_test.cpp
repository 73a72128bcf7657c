// Reports that were overtaken, mistaken or made up.
#include "unit/transfer/scripted_sender.hpp"

#include <limits>

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;
using wire::ReceiverState;

BOOST_AUTO_TEST_SUITE(object_sender_reports)

BOOST_AUTO_TEST_CASE(a_report_that_was_overtaken_does_not_undo_completion) {
    ScriptedSender sender{20, 1};
    sender.pull();
    sender.hear(0, sender.state(ReceiverState::complete));
    sender.hear(0, sender.missing(sender.receiving(21, 10), {4, 5}));
    sender.hear(0, sender.state(ReceiverState::refused));
    BOOST_TEST(sender.pull().empty());
    BOOST_TEST(only<SendFinished>(sender.events).size() == 1U);
    BOOST_TEST(only<ReceiverChanged>(sender.events).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_busy_answer_that_was_overtaken_does_not_end_receiving) {
    ScriptedSender sender{100, 1};
    sender.pull();
    sender.hear(0, sender.receiving(10, 9));
    sender.hear(0, sender.state(ReceiverState::busy));
    BOOST_TEST(only<ReceiverChanged>(sender.events).empty());
    BOOST_TEST(only<SendFinished>(sender.events).empty());
}

BOOST_AUTO_TEST_CASE(reports_of_strangers_and_unknown_transfers_change_nothing) {
    ScriptedSender sender{100};
    sender.pull();
    sender.hear(9, sender.missing(sender.receiving(50, 0), {1, 2, 3}));
    sender.hear(9, sender.state(ReceiverState::complete));
    wire::Report other = sender.state(ReceiverState::refused);
    other.transfer = {4711};
    sender.hear(0, other);
    BOOST_TEST(sender.events.empty());
    BOOST_TEST(sender.pull().empty());
    BOOST_TEST(sender.transfers.counters().unknown_transfer == 3U);
}

BOOST_AUTO_TEST_CASE(gaps_beyond_the_object_and_beyond_what_was_sent_are_ignored) {
    ScriptedSender sender{1000, 1};
    sender.pull(); // segments 0..63
    sender.hear(0, sender.missing(sender.receiving(66, 60, 2), {64, 999, 1000, 5000, 0xffffff}));
    wire::Report far = sender.receiving(66, 60, 2);
    far.gaps.push_back({0xffffff, {}});
    far.gaps.back().missing.fill(std::byte{0xff});
    sender.hear(0, far);
    BOOST_TEST(
        (sender.pull() == std::vector<std::uint32_t>{64, 65})); // the first pass goes on under its window
    BOOST_TEST(sender.transfers.counters().repairs_sent == 0U);
}

BOOST_AUTO_TEST_CASE(a_highest_beyond_what_was_sent_means_all_that_was_sent) {
    ScriptedSender sender{1000, 1};
    sender.pull();
    sender.hear(0, sender.receiving(std::numeric_limits<std::uint64_t>::max(), 64, 10));
    BOOST_TEST(sender.pull().size() == 10U);
    BOOST_TEST(sender.pull().empty()); // what went out since is under way, whatever it claimed to have seen
}

BOOST_AUTO_TEST_CASE(a_segment_waits_for_its_repair_once_whatever_highest_is_claimed) {
    ScriptedSender sender{20, 1};
    sender.pull();
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    sender.hear(0, sender.missing(sender.receiving(most, 18), {3, 4}));
    sender.hear(0, sender.missing(sender.receiving(most, 18), {3, 4}));
    BOOST_TEST((sender.pull() == std::vector<std::uint32_t>{3, 4}));
}

BOOST_AUTO_TEST_CASE(a_window_of_nothing_or_of_everything_is_brought_to_its_bounds) {
    ScriptedSender tiny{100'0, 1};
    tiny.pull();
    tiny.hear(0, tiny.receiving(66, 64, 0));
    BOOST_TEST(tiny.pull().size() == limits::credit_window_min);
    ScriptedSender huge{20'000, 1};
    std::size_t flight = huge.pull().size();
    std::uint32_t have = 0;
    for (int i = 0; i < 8; ++i) { // as far as the network is known to carry it
        have += static_cast<std::uint32_t>(flight);
        huge.hear(0, huge.receiving(huge.last_number, have, std::numeric_limits<std::uint32_t>::max()));
        flight = huge.pull().size();
    }
    BOOST_TEST(flight == limits::credit_window_max);
}

BOOST_AUTO_TEST_CASE(a_receiver_that_asks_for_ever_and_gains_nothing_is_left_behind) {
    ScriptedSender sender{20, 1};
    sender.pull();
    std::size_t sent_again = 0;
    for (int i = 0; i < 1000 && only<SendFinished>(sender.events).empty(); ++i) {
        sender.hear(0, sender.missing(sender.receiving(sender.last_number, 0xffffff), {1, 2, 3}));
        sent_again += sender.pull().size();
        sender.now += 10ms;
    }
    BOOST_TEST_REQUIRE(only<SendFinished>(sender.events).size() == 1U);
    BOOST_TEST(sent_again <= 3U * 110U);
    BOOST_TEST((only<ReceiverChanged>(sender.events)[0].phase == ReceiverPhase::left_behind));
}

BOOST_AUTO_TEST_SUITE_END()
