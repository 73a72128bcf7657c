// What a sender sends again, to whom, and when.
#include "unit/transfer/scripted_sender.hpp"

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;
using wire::ReceiverState;

BOOST_AUTO_TEST_SUITE(object_sender_repair)

BOOST_AUTO_TEST_CASE(two_receivers_get_as_much_parity_as_the_worse_one_misses_and_a_spare) {
    ScriptedSender sender{20};
    sender.pull();
    const std::uint64_t highest = sender.last_number;
    sender.hear(0, sender.missing(sender.receiving(highest, 17), {3, 7, 8}));
    sender.hear(1, sender.missing(sender.receiving(highest, 18), {3, 9}));
    BOOST_TEST(sender.pull().empty());
    const auto parity = sent<wire::Parity>(sender.out);
    BOOST_TEST_REQUIRE(parity.size() == 3U + 1U);
    for (unsigned i = 0; i < parity.size(); ++i) {
        BOOST_TEST(parity[i].block == 0U);
        BOOST_TEST(unsigned{parity[i].index} == i);
        BOOST_TEST(parity[i].report_now == (i >= 2));
    }
    BOOST_TEST(sender.transfers.counters().parity_sent == parity.size());
}

BOOST_AUTO_TEST_CASE(parity_brings_back_what_was_lost) {
    ScriptedSender sender{20};
    sender.pull();
    auto receiver = ObjectReceiver::make({20U * ethernet_segment, ethernet_segment});
    for (const auto& data : sent<wire::Data>(sender.out)) {
        if (data.segment % 7 == 0) continue; // 0, 7 and 14
        BOOST_TEST((receiver->on_data(data.segment, data.bytes) == ObjectReceiver::Arrival::stored));
    }
    sender.hear(0, sender.missing(sender.receiving(sender.last_number, 17), {0, 7, 14}));
    sender.pull();
    auto parity = sent<wire::Parity>(sender.out);
    parity.erase(parity.begin() + 1); // lost, and made good by the spare one
    for (const auto& p : parity) {
        BOOST_TEST(!receiver->complete());
        BOOST_TEST((receiver->on_parity(p.block, p.index, p.bytes) == ObjectReceiver::Arrival::stored));
    }
    BOOST_TEST_REQUIRE(receiver->complete());
    BOOST_TEST(same_bytes(receiver->payload(), random_payload(20U * ethernet_segment)));
}

BOOST_AUTO_TEST_CASE(one_receiver_alone_gets_its_segments_again) {
    ScriptedSender sender{20};
    sender.pull();
    sender.hear(1, sender.state(ReceiverState::complete));
    sender.hear(0, sender.missing(sender.receiving(sender.last_number, 17), {3, 7, 8}));
    BOOST_TEST((sender.pull() == std::vector<std::uint32_t>{3, 7, 8}));
    BOOST_TEST(sent<wire::Parity>(sender.out).size() == 1U); // the spare one
    BOOST_TEST(sent<wire::Parity>(sender.out).back().report_now);
}

BOOST_AUTO_TEST_CASE(what_is_still_under_way_is_not_sent_again) {
    ScriptedSender sender{1000, 1};
    sender.pull(20); // numbers 3..22
    sender.hear(0, sender.missing(sender.receiving(9, 3), {2, 3, 10}));
    BOOST_TEST((sender.pull(2) == std::vector<std::uint32_t>{2, 3})); // 10 has number 13
    const std::uint64_t repaired = sender.last_number;
    sender.hear(0, sender.missing(sender.receiving(22, 17), {2, 3, 10}));
    BOOST_TEST((sender.pull(1) == std::vector<std::uint32_t>{10})); // the repairs are under way
    sender.pull(limits::reorder_tolerance);
    const std::uint64_t highest = repaired + limits::reorder_tolerance;
    sender.hear(0, sender.missing(sender.receiving(highest, 18), {2, 10}));
    BOOST_TEST((sender.pull(1) == std::vector<std::uint32_t>{2})); // and one of them was lost
    BOOST_TEST(sender.transfers.counters().repairs_sent == 4U);
}

BOOST_AUTO_TEST_CASE(repairs_go_before_the_rest_of_the_first_pass) {
    ScriptedSender sender{1000, 1};
    sender.pull();
    sender.hear(0, sender.missing(sender.receiving(66, 63), {5}));
    const auto next = sender.pull();
    BOOST_TEST_REQUIRE(next.size() == 2 * limits::credit_window_first);
    BOOST_TEST(next[0] == 5U);
    BOOST_TEST(next[1] == 64U);
}

BOOST_AUTO_TEST_CASE(parity_of_a_block_goes_out_where_the_block_ends) {
    ScriptedSender sender{1000};
    sender.pull(); // segments 0..63
    sender.hear(0, sender.missing(sender.receiving(66, 63), {5}));
    sender.hear(1, sender.receiving(66, 64));
    const auto next = sender.pull();
    BOOST_TEST_REQUIRE(next.size() == 2 * limits::credit_window_first - 1);
    BOOST_TEST(next[0] == 64U);
    const auto& items = sender.out.items();
    BOOST_TEST(std::holds_alternative<wire::Parity>(items[limits::segments_per_block - 64].message));
}

BOOST_AUTO_TEST_CASE(who_is_left_behind_is_repaired_only_when_the_others_have_finished) {
    ScriptedSender sender{1000};
    sender.pull();
    while (only<ReceiverChanged>(sender.events).empty()) { // the second one is silent
        sender.wait();
        sender.hear(0, sender.receiving(66, 64, 20));
    }
    BOOST_TEST((only<ReceiverChanged>(sender.events)[0].receiver.session == session_number(1)));
    sender.hear(1, sender.missing(sender.receiving(sender.last_number, 10), {3, 4}));
    const auto segments = sender.pull();
    BOOST_TEST(segments.size() == 20U);
    BOOST_TEST(segments[0] == 64U);
    sender.hear(0, sender.state(ReceiverState::complete));
    BOOST_TEST(only<SendFinished>(sender.events).size() == 1U);
    sender.hear(1, sender.missing(sender.receiving(sender.last_number, 10), {3, 4}));
    BOOST_TEST((sender.pull() == std::vector<std::uint32_t>{3, 4}));
}

BOOST_AUTO_TEST_CASE(a_lingering_sender_repairs_no_more_than_a_window_at_a_time) {
    ScriptedSender sender{60, 2};
    sender.pull();
    sender.hear(0, sender.state(ReceiverState::complete));
    while (only<SendFinished>(sender.events).empty()) sender.wait(); // the other is silent
    wire::Report all = sender.receiving(sender.last_number, 0, 10);
    all.gaps.push_back({0, {}});
    all.gaps.back().missing.fill(std::byte{0xff});
    sender.hear(1, all);
    BOOST_TEST(sender.pull().size() == 10U);
    BOOST_TEST(sent<wire::Data>(sender.out).back().report_now);
    sender.transfers.forget(object_number(1));
    sender.hear(1, all);
    BOOST_TEST(sender.pull().empty());
}

BOOST_AUTO_TEST_SUITE_END()
