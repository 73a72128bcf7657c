// What a sender makes of reports, honest and hostile ones.
#include "unit/transfer/fixtures.hpp"

#include <limits>

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;
using wire::ReceiverState;

namespace {

struct Sender {
    explicit Sender(std::size_t segments, unsigned receivers = 2)
        : transfers{{.self = NodeId{1}, .receive_capacity = 425'984}, budget, now} {
        SendSpec spec;
        spec.object = object_number(1);
        spec.bytes = random_payload(segments * ethernet_segment);
        spec.segment_bytes = ethernet_segment;
        for (unsigned i = 0; i < receivers; ++i) spec.receivers.push_back({NodeId{i + 2}, session_number(i)});
        id = transfers.send(now, spec, out);
    }
    // Segments of the Data that pull() lets out.
    std::vector<std::uint32_t> pull(std::size_t most = 100'000) {
        out.clear();
        const std::size_t count = transfers.pull(now, most, out);
        std::vector<std::uint32_t> segments;
        for (const auto& data : sent<wire::Data>(out)) segments.push_back(data.segment);
        BOOST_TEST(count == segments.size() + sent<wire::Parity>(out).size());
        if (!out.empty()) last_number = out.items().back().number;
        return segments;
    }
    wire::Report receiving(std::uint64_t highest, std::uint32_t have, std::uint32_t window = 184) const {
        wire::Report report;
        report.transfer = id;
        report.highest = highest;
        report.window = window;
        report.have = have;
        return report;
    }
    static wire::Report missing(wire::Report report, std::initializer_list<std::uint32_t> segments) {
        for (const std::uint32_t s : segments) {
            const std::uint32_t block = s / limits::segments_per_block;
            if (report.gaps.empty() || report.gaps.back().block != block) report.gaps.push_back({block, {}});
            const std::uint32_t bit = s % limits::segments_per_block;
            report.gaps.back().missing[bit / 8] |= std::byte{1} << (bit % 8);
        }
        return report;
    }
    wire::Report state(ReceiverState s) const {
        wire::Report report = receiving(0, 0);
        report.state = s;
        return report;
    }
    void hear(unsigned receiver, const wire::Report& report) {
        out.clear();
        transfers.on_report(now, session_number(receiver), report, out);
        for (auto& event : transfers.take_events()) events.push_back(event);
    }
    void wait() {
        now = transfers.deadline();
        out.clear();
        transfers.on_deadline(now, out);
        if (!out.empty()) last_number = out.items().back().number;
        for (auto& event : transfers.take_events()) events.push_back(event);
    }

    TimePoint now{1s};
    MemoryBudget budget{1'000'000};
    Transfers transfers;
    wire::Outbox out;
    wire::TransferId id;
    std::uint64_t last_number = 0;
    std::vector<TransferEvent> events;
};

} // namespace

BOOST_AUTO_TEST_SUITE(object_sender)

BOOST_AUTO_TEST_CASE(the_first_flight_goes_out_before_any_report) {
    Sender sender{1000};
    BOOST_TEST(sent<wire::Setup>(sender.out).size() == 1U);
    BOOST_TEST((sent<wire::Setup>(sender.out)[0].receivers == std::vector{NodeId{2}, NodeId{3}}));
    BOOST_TEST(sender.pull().size() == limits::credit_window_first);
    BOOST_TEST(sent<wire::Data>(sender.out).back().report_now);
    BOOST_TEST(sender.pull().empty());
}

BOOST_AUTO_TEST_CASE(an_empty_credit_set_sends_nothing) {
    Sender sender{10, 0};
    BOOST_TEST(sender.out.empty());
    BOOST_TEST(sender.pull().empty());
    BOOST_TEST(only<SendFinished>(sender.transfers.take_events()).size() == 1U);
    BOOST_TEST((sender.transfers.deadline() == never));
}

BOOST_AUTO_TEST_CASE(credit_follows_the_slowest_receiver_and_its_window) {
    Sender sender{1000};
    sender.pull(); // numbers 2..65, the setup was 1
    sender.hear(0, sender.receiving(65, 64));
    BOOST_TEST(sender.pull().empty()); // nothing heard from the other one
    sender.hear(1, sender.receiving(33, 32, 100));
    BOOST_TEST(sender.pull().size() == 100U - 32U);
    sender.hear(0, sender.receiving(sender.last_number, 132));
    BOOST_TEST(sender.pull().empty());
    sender.hear(1, sender.receiving(sender.last_number, 132, 100));
    BOOST_TEST(sender.pull().size() == 100U);
}

BOOST_AUTO_TEST_CASE(pull_gives_no_more_than_asked_for) {
    Sender sender{1000};
    BOOST_TEST(sender.pull(0).empty());
    BOOST_TEST(sender.pull(10).size() == 10U);
    BOOST_TEST(sender.pull(1) == std::vector<std::uint32_t>{10});
}

BOOST_AUTO_TEST_CASE(two_receivers_get_as_much_parity_as_the_worse_one_misses) {
    Sender sender{20};
    sender.pull();
    const std::uint64_t highest = sender.last_number;
    sender.hear(0, sender.missing(sender.receiving(highest, 17), {3, 7, 8}));
    sender.hear(1, sender.missing(sender.receiving(highest, 18), {3, 9}));
    BOOST_TEST(sender.pull().empty());
    const auto parity = sent<wire::Parity>(sender.out);
    BOOST_TEST_REQUIRE(parity.size() == 3U);
    for (unsigned i = 0; i < 3; ++i) {
        BOOST_TEST(parity[i].block == 0U);
        BOOST_TEST(unsigned{parity[i].index} == i);
        BOOST_TEST(parity[i].report_now == (i == 2));
    }
    BOOST_TEST(sender.transfers.counters().parity_sent == 3U);
}

BOOST_AUTO_TEST_CASE(parity_brings_back_what_was_lost) {
    Sender sender{20};
    sender.pull();
    auto receiver = ObjectReceiver::make({20U * ethernet_segment, ethernet_segment});
    for (const auto& data : sent<wire::Data>(sender.out)) {
        if (data.segment % 7 == 0) continue; // 0, 7 and 14
        BOOST_TEST((receiver->on_data(data.segment, data.bytes) == ObjectReceiver::Arrival::stored));
    }
    sender.hear(0, sender.missing(sender.receiving(sender.last_number, 17), {0, 7, 14}));
    sender.pull();
    for (const auto& p : sent<wire::Parity>(sender.out)) {
        BOOST_TEST(!receiver->complete());
        BOOST_TEST((receiver->on_parity(p.block, p.index, p.bytes) == ObjectReceiver::Arrival::stored));
    }
    BOOST_TEST_REQUIRE(receiver->complete());
    BOOST_TEST(same_bytes(receiver->payload(), random_payload(20U * ethernet_segment)));
}

BOOST_AUTO_TEST_CASE(one_receiver_alone_gets_its_segments_again) {
    Sender sender{20};
    sender.pull();
    sender.hear(1, sender.state(ReceiverState::complete));
    sender.hear(0, sender.missing(sender.receiving(sender.last_number, 17), {3, 7, 8}));
    BOOST_TEST((sender.pull() == std::vector<std::uint32_t>{3, 7, 8}));
    BOOST_TEST(sent<wire::Data>(sender.out).back().report_now);
}

BOOST_AUTO_TEST_CASE(a_setup_that_somebody_missed_is_repeated_within_the_first_flight) {
    Sender sender{1000};
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

BOOST_AUTO_TEST_CASE(what_is_still_under_way_is_not_sent_again) {
    Sender sender{20, 1};
    sender.pull(); // numbers 2..21
    sender.hear(0, sender.missing(sender.receiving(8, 3), {2, 3, 10}));
    BOOST_TEST((sender.pull() == std::vector<std::uint32_t>{2, 3})); // 10 has number 12
    const std::uint64_t repaired = sender.last_number;
    sender.hear(0, sender.missing(sender.receiving(21, 17), {2, 3, 10}));
    BOOST_TEST((sender.pull() == std::vector<std::uint32_t>{10})); // the repairs are under way
    sender.hear(0, sender.missing(sender.receiving(repaired, 18), {2, 10}));
    BOOST_TEST((sender.pull() == std::vector<std::uint32_t>{2})); // and one of them was lost
    BOOST_TEST(sender.transfers.counters().repairs_sent == 4U);
}

BOOST_AUTO_TEST_CASE(repairs_go_before_the_rest_of_the_first_pass) {
    Sender sender{1000, 1};
    sender.pull();
    sender.hear(0, sender.missing(sender.receiving(65, 63), {5}));
    const auto next = sender.pull();
    BOOST_TEST_REQUIRE(next.size() == 184U);
    BOOST_TEST(next[0] == 5U);
    BOOST_TEST(next[1] == 64U);
}

BOOST_AUTO_TEST_CASE(parity_of_a_block_goes_out_where_the_block_ends) {
    Sender sender{1000};
    sender.pull(); // segments 0..63
    sender.hear(0, sender.missing(sender.receiving(65, 63), {5}));
    sender.hear(1, sender.receiving(65, 64));
    const auto next = sender.pull();
    BOOST_TEST_REQUIRE(next.size() == 183U);
    BOOST_TEST(next[0] == 64U);
    const auto& items = sender.out.items();
    BOOST_TEST(std::holds_alternative<wire::Parity>(items[limits::segments_per_block - 64].message));
}

BOOST_AUTO_TEST_CASE(setup_repeats_until_everybody_reported) {
    Sender sender{0 + 1};
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
    Sender sender{1000};
    sender.pull();
    sender.hear(0, sender.receiving(0, 0));
    sender.hear(1, sender.receiving(0, 0));
    sender.pull(); // the granted window is wider
    std::vector<Duration> waits;
    for (int i = 0; i < 6; ++i) {
        const TimePoint before = sender.now;
        sender.wait();
        waits.push_back(sender.now - before);
        BOOST_TEST_REQUIRE(sent<wire::Poll>(sender.out).size() == 1U);
        BOOST_TEST(sent<wire::Poll>(sender.out)[0].sent_segments == 184U);
    }
    BOOST_TEST((waits == std::vector<Duration>{1ms, 2ms, 2ms, 2ms, 2ms, 2ms}));
}

BOOST_AUTO_TEST_CASE(progress_counts_the_slowest_and_ends_with_the_object) {
    Sender sender{20};
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

BOOST_AUTO_TEST_CASE(a_report_that_was_overtaken_does_not_undo_completion) {
    Sender sender{20, 1};
    sender.pull();
    sender.hear(0, sender.state(ReceiverState::complete));
    sender.hear(0, sender.missing(sender.receiving(21, 10), {4, 5}));
    sender.hear(0, sender.state(ReceiverState::refused));
    BOOST_TEST(sender.pull().empty());
    BOOST_TEST(only<SendFinished>(sender.events).size() == 1U);
    BOOST_TEST(only<ReceiverChanged>(sender.events).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_busy_answer_that_was_overtaken_does_not_end_receiving) {
    Sender sender{100, 1};
    sender.pull();
    sender.hear(0, sender.receiving(10, 9));
    sender.hear(0, sender.state(ReceiverState::busy));
    BOOST_TEST(only<ReceiverChanged>(sender.events).empty());
    BOOST_TEST(only<SendFinished>(sender.events).empty());
}

BOOST_AUTO_TEST_CASE(reports_of_strangers_and_unknown_transfers_change_nothing) {
    Sender sender{100};
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
    Sender sender{1000, 1};
    sender.pull(); // segments 0..63
    sender.hear(0, sender.missing(sender.receiving(65, 60, 2), {64, 999, 1000, 5000, 0xffffff}));
    wire::Report far = sender.receiving(65, 60, 2);
    far.gaps.push_back({0xffffff, {}});
    far.gaps.back().missing.fill(std::byte{0xff});
    sender.hear(0, far);
    BOOST_TEST(
        (sender.pull() == std::vector<std::uint32_t>{64, 65})); // the first pass goes on under its window
    BOOST_TEST(sender.transfers.counters().repairs_sent == 0U);
}

BOOST_AUTO_TEST_CASE(a_highest_beyond_what_was_sent_means_all_that_was_sent) {
    Sender sender{1000, 1};
    sender.pull();
    sender.hear(0, sender.receiving(std::numeric_limits<std::uint64_t>::max(), 64, 10));
    BOOST_TEST(sender.pull().size() == 10U);
    BOOST_TEST(sender.pull().empty()); // what went out since is under way, whatever it claimed to have seen
}

BOOST_AUTO_TEST_CASE(a_segment_waits_for_its_repair_once_whatever_highest_is_claimed) {
    Sender sender{20, 1};
    sender.pull();
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    sender.hear(0, sender.missing(sender.receiving(most, 18), {3, 4}));
    sender.hear(0, sender.missing(sender.receiving(most, 18), {3, 4}));
    BOOST_TEST((sender.pull() == std::vector<std::uint32_t>{3, 4}));
}

BOOST_AUTO_TEST_CASE(a_window_of_nothing_or_of_everything_is_brought_to_its_bounds) {
    Sender tiny{100'0, 1};
    tiny.pull();
    tiny.hear(0, tiny.receiving(65, 64, 0));
    BOOST_TEST(tiny.pull().size() == limits::credit_window_min);
    Sender huge{10'000, 1};
    huge.pull();
    huge.hear(0, huge.receiving(65, 64, std::numeric_limits<std::uint32_t>::max()));
    BOOST_TEST(huge.pull().size() == limits::credit_window_max);
}

BOOST_AUTO_TEST_CASE(a_receiver_that_asks_for_ever_and_gains_nothing_is_left_behind) {
    Sender sender{20, 1};
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

BOOST_AUTO_TEST_CASE(who_is_left_behind_is_repaired_only_when_the_others_have_finished) {
    Sender sender{1000};
    sender.pull();
    while (only<ReceiverChanged>(sender.events).empty()) { // the second one is silent
        sender.wait();
        sender.hear(0, sender.receiving(65, 64, 20));
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

BOOST_AUTO_TEST_CASE(silence_is_counted_from_the_first_poll_and_not_while_we_slept) {
    Sender sender{1000, 1};
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

BOOST_AUTO_TEST_CASE(a_lingering_sender_repairs_no_more_than_a_window_at_a_time) {
    Sender sender{60, 2};
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

BOOST_AUTO_TEST_CASE(forgetting_frees_the_payload_and_tells_nobody) {
    Sender sender{100};
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
    Sender sender{1000};
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
    Sender sender{1000};
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
