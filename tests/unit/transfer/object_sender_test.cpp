// The first pass under credit, setups and polls, whose turn it is, and the end.
#include "unit/transfer/scripted_sender.hpp"

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;
using wire::ReceiverState;

BOOST_AUTO_TEST_SUITE(object_sender)

BOOST_AUTO_TEST_CASE(the_first_flight_goes_out_before_any_report) {
    ScriptedSender sender{1000};
    const auto setups = sent<wire::Setup>(sender.out);
    BOOST_TEST_REQUIRE(setups.size() == 2U); // who loses it could place nothing of what follows
    for (const auto& setup : setups) BOOST_TEST((setup.receivers == std::vector{NodeId{2}, NodeId{3}}));
    BOOST_TEST(sender.pull().size() == limits::credit_window_first);
    BOOST_TEST(sender.pull().empty());
}

BOOST_AUTO_TEST_CASE(the_end_of_a_flight_asks_twice) {
    for (const std::size_t segments : {std::size_t{1}, std::size_t{2}, std::size_t{20}, std::size_t{1000}}) {
        ScriptedSender sender{segments};
        sender.pull();
        const auto data = sent<wire::Data>(sender.out);
        for (std::size_t i = 0; i < data.size(); ++i)
            BOOST_TEST(data[i].report_now == (i + 2 >= data.size()));
    }
}

BOOST_AUTO_TEST_CASE(an_empty_credit_set_sends_nothing) {
    ScriptedSender sender{10, 0};
    BOOST_TEST(sender.out.empty());
    BOOST_TEST(sender.pull().empty());
    BOOST_TEST(only<SendFinished>(sender.transfers.take_events()).size() == 1U);
    BOOST_TEST((sender.transfers.deadline() == never));
}

BOOST_AUTO_TEST_CASE(credit_follows_the_slowest_receiver_and_its_window) {
    ScriptedSender sender{1000};
    sender.pull(); // numbers 3..66, the setups were 1 and 2
    sender.hear(0, sender.receiving(66, 64));
    BOOST_TEST(sender.pull().empty()); // nothing heard from the other one
    sender.hear(1, sender.receiving(34, 32, 80));
    BOOST_TEST(sender.pull().size() == 80U - 32U);
    sender.hear(0, sender.receiving(sender.last_number, 112));
    BOOST_TEST(sender.pull().empty());
    sender.hear(1, sender.receiving(sender.last_number, 112, 80));
    BOOST_TEST(sender.pull().size() == 80U);
}

BOOST_AUTO_TEST_CASE(what_the_network_narrows_is_reported_on_within_its_window) {
    for (const bool clogged : {false, true}) {
        ScriptedSender sender{1000};
        sender.pull(); // 64 of the first block of 128
        for (const unsigned receiver : {0U, 1U}) sender.hear(receiver, sender.receiving(66, 64));
        sender.pull();
        wire::Report report = sender.receiving(sender.last_number, 192);
        if (clogged) report.gaps = {{0, {}}, {1, {}}};
        for (wire::BlockGap& gap : report.gaps) gap.missing.fill(std::byte{0xff});
        for (const unsigned receiver : {0U, 1U}) sender.hear(receiver, report);
        sender.pull();
        const auto sent_now = sent<wire::Parity>(sender.out);
        const auto asks = std::ranges::count_if(sent<wire::Data>(sender.out), &wire::Data::report_now) +
                          std::ranges::count_if(sent_now, &wire::Parity::report_now);
        BOOST_TEST(asks == (clogged ? 4 : 2));
    }
}

BOOST_AUTO_TEST_CASE(a_question_within_a_flight_may_have_overtaken_its_neighbour) {
    ScriptedSender sender{1000};
    const auto both_hear = [&](const wire::Report& report) {
        for (const unsigned receiver : {0U, 1U}) sender.hear(receiver, report);
    };
    const auto parity_of_block_1 = [&] {
        const auto of_it = [](const wire::Parity& parity) { return parity.block == 1; };
        return std::ranges::count_if(sent<wire::Parity>(sender.out), of_it);
    };
    sender.pull(); // 64 of the first block of 128
    both_hear(sender.receiving(sender.last_number, 64));
    std::vector<std::uint32_t> lost = sender.pull(); // the other 64, and 64 of the next that get lost
    std::erase_if(lost, [](std::uint32_t segment) { return segment < 128; });
    const auto wanted = std::ssize(lost);
    const std::uint64_t before = sender.last_number;
    both_hear(sender.missing(sender.receiving(before, 128), lost));

    sender.pull(); // a narrow window now, and questions within it
    auto parity = parity_of_block_1();
    const auto data = sent<wire::Data>(sender.out);
    const auto question = std::ranges::find_if(data, &wire::Data::report_now) - data.begin();
    BOOST_TEST_REQUIRE(question > 0);
    BOOST_TEST_REQUIRE(question + 1 < std::ssize(data));
    lost.push_back(data[static_cast<std::size_t>(question) - 1].segment);
    const auto have = 128 + static_cast<std::uint32_t>(question);
    both_hear(sender.missing(sender.receiving(before + have - 127, have), lost));
    for (int flight = 0; flight < 10; ++flight) {
        sender.pull();
        parity += parity_of_block_1();
        both_hear(sender.receiving(sender.last_number, have)); // nothing more is missing: it came late
    }
    BOOST_TEST(parity == wanted);
}

BOOST_AUTO_TEST_CASE(pull_gives_no_more_than_asked_for) {
    ScriptedSender sender{1000};
    BOOST_TEST(sender.pull(0).empty());
    BOOST_TEST(sender.pull(10).size() == 10U);
    BOOST_TEST(sender.pull(1) == std::vector<std::uint32_t>{10});
}

BOOST_AUTO_TEST_CASE(a_setup_that_somebody_missed_is_repeated_within_the_first_flight) {
    ScriptedSender sender{1000};
    sender.pull(20);
    sender.hear(0, sender.receiving(0, 0));
    sender.pull(limits::setup_answers_within);
    BOOST_TEST(sent<wire::Setup>(sender.out).empty());
    sender.pull(20);
    BOOST_TEST(sent<wire::Setup>(sender.out).size() == 1U);
    sender.hear(1, sender.receiving(0, 0));
    sender.pull();
    BOOST_TEST(sent<wire::Setup>(sender.out).empty());
}

BOOST_AUTO_TEST_CASE(setup_repeats_until_everybody_reported) {
    ScriptedSender sender{0 + 1};
    sender.pull();
    sender.hear(0, sender.state(ReceiverState::complete));
    sender.wait();
    BOOST_TEST(sent<wire::Setup>(sender.out).size() == 1U);
    sender.hear(1, sender.receiving(0, 0));
    for (int i = 0; i < 4; ++i) {
        sender.wait();
        BOOST_TEST(sent<wire::Setup>(sender.out).empty());
        BOOST_TEST(sent<wire::Poll>(sender.out).size() == 1U);
        sender.hear(1, sender.receiving(0, 0));
    }
}

BOOST_AUTO_TEST_CASE(polls_say_what_was_sent_and_back_off_without_progress) {
    ScriptedSender sender{1000};
    sender.pull();
    sender.hear(0, sender.receiving(0, 0));
    sender.hear(1, sender.receiving(0, 0));
    BOOST_TEST(sender.pull().empty()); // the granted window is wider, but nothing has arrived yet
    std::vector<Duration> waits;
    for (int i = 0; i < 6; ++i) {
        const TimePoint before = sender.now;
        sender.wait();
        waits.push_back(sender.now - before);
        BOOST_TEST_REQUIRE(sent<wire::Poll>(sender.out).size() == 1U);
        BOOST_TEST(sent<wire::Poll>(sender.out)[0].sent_segments == 64U);
    }
    BOOST_TEST((waits == std::vector<Duration>{1ms, 2ms, 2ms, 2ms, 2ms, 2ms}));
}

BOOST_AUTO_TEST_CASE(progress_counts_the_slowest_and_ends_with_the_object) {
    ScriptedSender sender{20};
    sender.pull();
    sender.hear(0, sender.state(ReceiverState::complete));
    sender.hear(1, sender.receiving(11, 10));
    sender.hear(1, sender.receiving(16, 15));
    sender.hear(1, sender.state(ReceiverState::complete));
    std::vector<std::uint64_t> bytes;
    for (const auto& p : only<SendProgress>(sender.events)) bytes.push_back(p.bytes / ethernet_segment);
    BOOST_TEST((bytes == std::vector<std::uint64_t>{10, 15, 20}));
    const auto finished = only<SendFinished>(sender.events);
    BOOST_TEST_REQUIRE(finished.size() == 1U);
    BOOST_TEST(finished[0].complete.size() == 2U);
    BOOST_TEST(finished[0].datagrams == 20U);
    BOOST_TEST(finished[0].repairs == 0U);
    BOOST_TEST((sender.transfers.deadline() == never));
}

BOOST_AUTO_TEST_CASE(silence_is_counted_from_the_first_poll_and_not_while_we_slept) {
    ScriptedSender sender{1000, 1};
    sender.pull();
    sender.hear(0, sender.receiving(0, 0));
    sender.pull();
    for (int i = 0; i < 5; ++i) sender.wait(); // enough polls for a verdict, but not the time
    BOOST_TEST(only<ReceiverChanged>(sender.events).empty());
    sender.now += 5s;
    sender.out.clear();
    sender.transfers.on_deadline(sender.now, sender.out);
    BOOST_TEST(sender.transfers.take_events().empty());
    BOOST_TEST(sent<wire::Poll>(sender.out).size() == 1U); // asked afresh
    const TimePoint asked = sender.now;
    while (only<ReceiverChanged>(sender.events).empty()) sender.wait();
    BOOST_TEST((only<ReceiverChanged>(sender.events)[0].phase == ReceiverPhase::left_behind));
    BOOST_TEST((sender.now - asked >= limits::left_behind_after));
    BOOST_TEST((sender.now - asked < limits::left_behind_after + 2 * limits::poll_max));
}

BOOST_AUTO_TEST_CASE(forgetting_frees_the_payload_and_tells_nobody) {
    ScriptedSender sender{100};
    sender.pull();
    sender.out.clear();
    sender.transfers.forget(object_number(1));
    BOOST_TEST(sender.out.empty());
    BOOST_TEST(sender.pull().empty());
    BOOST_TEST((sender.transfers.deadline() == never));
    sender.hear(0, sender.receiving(65, 64));
    BOOST_TEST(sender.pull().empty());
}

BOOST_AUTO_TEST_CASE(a_report_frees_the_credit_of_every_transfer_in_its_lane) {
    ScriptedSender sender{1000};
    SendSpec spec;
    spec.object = object_number(2);
    spec.bytes = random_payload(1000 * ethernet_segment);
    spec.segment_bytes = ethernet_segment;
    spec.receivers = {{NodeId{2}, session_number(0)}, {NodeId{3}, session_number(1)}};
    const wire::TransferId other = sender.transfers.send(sender.now, spec, sender.out);
    const auto of_other = [&] {
        return std::ranges::count(sent<wire::Data>(sender.out), other, &wire::Data::transfer);
    };
    BOOST_TEST(sender.pull().size() ==
               limits::credit_window_first); // of both together: they share one buffer
    BOOST_TEST(of_other() > 0);
    sender.hear(0, sender.receiving(sender.last_number, 40));
    sender.hear(1, sender.receiving(sender.last_number, 40));
    sender.pull();
    BOOST_TEST(of_other() > 0);
}

BOOST_AUTO_TEST_CASE(many_small_objects_leave_a_share_to_a_big_one) {
    ScriptedSender sender{1000};
    for (std::uint32_t i = 2; i < 40; ++i) {
        SendSpec spec;
        spec.object = object_number(i);
        spec.bytes = random_payload(60 * ethernet_segment);
        spec.segment_bytes = ethernet_segment;
        spec.unicast_to = session_number(100 + i);
        sender.transfers.send(sender.now, spec, sender.out);
    }
    sender.out.clear();
    sender.transfers.pull(sender.now, 400, sender.out);
    std::size_t of_big = 0;
    for (const auto& data : sent<wire::Data>(sender.out)) of_big += data.transfer == sender.id ? 1 : 0;
    BOOST_TEST(of_big == limits::credit_window_first); // all that its credit allows, among the small ones
    BOOST_TEST(sent<wire::Data>(sender.out).size() == 400U);
}

BOOST_AUTO_TEST_SUITE_END()
