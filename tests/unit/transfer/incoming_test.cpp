// What a receiver accepts, and each thing that it refuses.
#include "unit/transfer/fixtures.hpp"

#include <limits>

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;
using wire::ReceiverState;

namespace {

struct Node {
    explicit Node(std::uint64_t limit = 10'000'000, NodeId id = NodeId{4})
        : budget{limit}, transfers{{.self = id, .receive_capacity = 425'984, .object_max = 5'000'000},
                                   budget,
                                   now} {}

    // The one report that the call produced.
    template <class F>
    wire::Report report(F&& call) {
        out.clear();
        call();
        const auto reports = sent<wire::Report>(out);
        BOOST_TEST_REQUIRE(reports.size() == 1U);
        return reports[0];
    }
    wire::Report setup(const wire::Setup& s, const SessionId& from) {
        return report([&] { transfers.on_setup(now, from, s, out); });
    }
    wire::Report setup(const wire::Setup& s) { return setup(s, sender); }
    std::size_t data(std::uint32_t transfer, std::uint32_t segment, ByteView bytes, std::uint64_t number = 1,
                     bool report_now = false) {
        out.clear();
        transfers.on_data(now, sender, number, {{transfer}, segment, report_now, bytes}, out);
        return sent<wire::Report>(out).size();
    }

    TimePoint now{1s};
    SessionId sender = session_number(1);
    MemoryBudget budget;
    Transfers transfers;
    wire::Outbox out;
};

const Bytes zeros(limits::segment_max);
ByteView some(std::size_t count) { return ByteView{zeros}.first(count); }

} // namespace

BOOST_AUTO_TEST_SUITE(incoming)

BOOST_AUTO_TEST_CASE(a_setup_is_reserved_with_its_work_and_answered_with_a_window) {
    Node node;
    wire::Setup setup = setup_for(1, 100'000);
    setup.work_bytes = 50'000;
    const wire::Report report = node.setup(setup);
    BOOST_TEST((report.state == ReceiverState::receiving));
    BOOST_TEST(report.transfer.value == 1U);
    BOOST_TEST(report.window == 184U);
    BOOST_TEST(report.have == 0U);
    BOOST_TEST((node.out.items()[0].to == node.sender));
    BOOST_TEST(node.budget.used() == 150'000U);
    BOOST_TEST(node.transfers.receiving(setup.object));
    BOOST_TEST(!node.transfers.find(setup.object));
}

BOOST_AUTO_TEST_CASE(a_repeated_setup_reserves_nothing_more) {
    Node node;
    node.setup(setup_for(1, 100'000));
    node.setup(setup_for(1, 100'000));
    BOOST_TEST(node.budget.used() == 100'000U);
}

BOOST_AUTO_TEST_CASE(a_multicast_to_others_is_ignored) {
    Node node;
    node.transfers.on_setup(node.now, node.sender, setup_for(1, 1000, {NodeId{1}, NodeId{2}}), node.out);
    BOOST_TEST(node.out.empty());
    BOOST_TEST(node.budget.used() == 0U);
    BOOST_TEST(node.data(1, 0, some(1000)) == 0U);
    BOOST_TEST(node.transfers.counters().unknown_transfer == 1U);
    BOOST_TEST((node.setup(setup_for(1, 1000, {NodeId{1}, NodeId{4}})).state == ReceiverState::receiving));
}

BOOST_AUTO_TEST_CASE(a_client_takes_unicast_only) {
    Node client{10'000'000, NodeId{}};
    client.transfers.on_setup(client.now, client.sender, setup_for(1, 1000, {NodeId{}, NodeId{1}}),
                              client.out);
    BOOST_TEST(client.out.empty());
    BOOST_TEST((client.setup(setup_for(1, 1000)).state == ReceiverState::receiving));
}

BOOST_AUTO_TEST_CASE(setups_beyond_a_limit_are_refused) {
    constexpr auto huge = std::numeric_limits<std::uint64_t>::max();
    Node node;
    const auto refused = [&](auto change) {
        wire::Setup setup = setup_for(1, 1000);
        change(setup);
        return node.setup(setup).state == ReceiverState::refused && node.budget.used() == 0;
    };
    BOOST_TEST(refused([](wire::Setup& s) { s.total_bytes = 5'000'001; }));
    BOOST_TEST(refused([](wire::Setup& s) { s.total_bytes = huge; }));
    BOOST_TEST(refused([](wire::Setup& s) { s.work_bytes = 10'000'000 - 999; })); // can never fit
    BOOST_TEST(refused([](wire::Setup& s) { s.work_bytes = huge; }));
    BOOST_TEST(refused([](wire::Setup& s) { s.segment_bytes = 0; }));
    BOOST_TEST(refused([](wire::Setup& s) { s.segment_bytes = limits::segment_min - 1; }));
    BOOST_TEST(refused([](wire::Setup& s) { s.segment_bytes = limits::segment_max + 1; }));
    BOOST_TEST(refused([](wire::Setup& s) { s.segment_bytes = std::numeric_limits<std::uint32_t>::max(); }));
    BOOST_TEST(!refused([](wire::Setup& s) { s.total_bytes = 5'000'000; }));
}

BOOST_AUTO_TEST_CASE(a_full_budget_is_busy_until_there_is_room) {
    Node node;
    node.setup(setup_for(1, 4'000'000));
    node.setup(setup_for(2, 4'000'000));
    BOOST_TEST((node.setup(setup_for(3, 2'000'001)).state == ReceiverState::busy));
    BOOST_TEST(!node.transfers.receiving(object_number(3)));
    BOOST_TEST(node.budget.used() == 8'000'000U);
    node.transfers.release(object_number(1));
    BOOST_TEST((node.setup(setup_for(3, 2'000'001)).state == ReceiverState::receiving));
}

BOOST_AUTO_TEST_CASE(an_empty_object_is_complete_at_setup) {
    Node node;
    const wire::Report report = node.setup(setup_for(1, 0));
    BOOST_TEST((report.state == ReceiverState::complete));
    BOOST_TEST_REQUIRE(node.transfers.find(object_number(1)).has_value());
    BOOST_TEST(node.transfers.find(object_number(1))->size() == 0U);
    BOOST_TEST(only<ObjectComplete>(node.transfers.take_events()).size() == 1U);
}

BOOST_AUTO_TEST_CASE(empty_objects_are_bounded_though_they_cost_no_budget) {
    Node node;
    std::uint32_t number = 1;
    for (; number <= limits::objects_max; ++number) {
        BOOST_TEST_REQUIRE((node.setup(setup_for(number, 0)).state == ReceiverState::complete));
    }
    BOOST_TEST((node.setup(setup_for(number, 0)).state == ReceiverState::busy));
}

BOOST_AUTO_TEST_CASE(running_transfers_of_one_peer_are_bounded) {
    Node node;
    for (std::uint32_t i = 1; i <= limits::transfers_per_peer_max; ++i) {
        BOOST_TEST_REQUIRE((node.setup(setup_for(i, 1000)).state == ReceiverState::receiving));
    }
    BOOST_TEST((node.setup(setup_for(1000, 1000)).state == ReceiverState::busy));
    BOOST_TEST((node.setup(setup_for(1000, 1000), session_number(2)).state == ReceiverState::receiving));
    node.data(1, 0, some(1000)); // one is whole: its place is free
    BOOST_TEST((node.setup(setup_for(1001, 1000)).state == ReceiverState::receiving));
}

BOOST_AUTO_TEST_CASE(running_transfers_of_all_peers_are_bounded) {
    Node node;
    std::uint32_t number = 1;
    for (; number <= limits::transfers_max; ++number) {
        const SessionId peer = session_number(number / limits::transfers_per_peer_max + 1);
        BOOST_TEST_REQUIRE((node.setup(setup_for(number, 1000), peer).state == ReceiverState::receiving));
    }
    BOOST_TEST((node.setup(setup_for(number, 1000), session_number(100)).state == ReceiverState::busy));
}

BOOST_AUTO_TEST_CASE(data_that_does_not_fit_the_setup_is_counted_and_ignored) {
    Node node;
    node.setup(setup_for(1, 3000)); // 1420, 1420, 160
    node.data(1, 3, some(160));
    node.data(1, 0xffffff, some(1420));
    node.data(1, 0, some(1419));
    node.data(1, 2, some(1420));
    node.data(1, 1, some(0));
    BOOST_TEST(node.transfers.counters().misfits == 5U);
    BOOST_TEST(node.transfers.counters().segments_stored == 0U);
    BOOST_TEST(node.transfers.receiving(object_number(1)));
}

BOOST_AUTO_TEST_CASE(data_of_an_unknown_transfer_or_sender_is_counted_and_ignored) {
    Node node;
    node.setup(setup_for(1, 1000));
    BOOST_TEST(node.data(2, 0, some(1000)) == 0U);
    node.transfers.on_data(node.now, session_number(9), 1, {{1}, 0, true, some(1000)}, node.out);
    node.transfers.on_poll(node.now, session_number(9), 1, {{1}, 1}, node.out);
    BOOST_TEST(node.out.empty());
    BOOST_TEST(node.transfers.counters().unknown_transfer == 3U);
}

BOOST_AUTO_TEST_CASE(a_poll_beyond_the_object_is_ignored) {
    Node node;
    node.setup(setup_for(1, 3000));
    node.out.clear();
    node.transfers.on_poll(node.now, node.sender, 5, {{1}, 4}, node.out);
    BOOST_TEST(node.out.empty());
    const auto report = node.report([&] {
        node.transfers.on_poll(node.now, node.sender, 6, {{1}, 3}, node.out);
    });
    BOOST_TEST(report.highest == 6U);
    BOOST_TEST_REQUIRE(report.gaps.size() == 1U);
    BOOST_TEST((report.gaps[0].missing[0] == std::byte{0b111}));
}

BOOST_AUTO_TEST_CASE(one_transfer_id_for_two_objects_is_ignored) {
    Node node;
    node.setup(setup_for(1, 3000));
    node.out.clear();
    wire::Setup other = setup_for(1, 3000);
    other.object = object_number(2);
    node.transfers.on_setup(node.now, node.sender, other, node.out);
    wire::Setup longer = setup_for(1, 4000);
    node.transfers.on_setup(node.now, node.sender, longer, node.out);
    BOOST_TEST(node.out.empty());
    BOOST_TEST(node.transfers.counters().misfits == 2U);
    BOOST_TEST(!node.transfers.receiving(object_number(2)));
}

BOOST_AUTO_TEST_CASE(a_known_object_of_another_size_is_refused) {
    Node node;
    node.setup(setup_for(1, 3000));
    node.data(1, 0, some(1420));
    node.data(1, 1, some(1420));
    node.data(1, 2, some(160));
    BOOST_TEST((node.setup(setup_for(1, 3001), session_number(3)).state == ReceiverState::refused));
    BOOST_TEST((node.setup(setup_for(1, 3000), session_number(3)).state == ReceiverState::complete));
}

BOOST_AUTO_TEST_CASE(another_shape_of_an_object_that_arrives_has_to_wait) {
    Node node;
    node.setup(setup_for(1, 3000));
    node.data(1, 0, some(1420));
    wire::Setup other = setup_for(1, 3001);
    BOOST_TEST((node.setup(other, session_number(2)).state == ReceiverState::busy));
    other = setup_for(1, 3000);
    other.segment_bytes = 1000;
    BOOST_TEST((node.setup(other, session_number(2)).state == ReceiverState::busy));
    BOOST_TEST((node.setup(setup_for(1, 3000), session_number(2)).state == ReceiverState::receiving));
    BOOST_TEST(node.budget.used() == 3000U);
}

BOOST_AUTO_TEST_CASE(a_part_that_nobody_sends_any_more_gives_way_to_another_shape) {
    Node node;
    node.setup(setup_for(1, 3000));
    node.data(1, 0, some(1420));
    node.now += limits::no_gain_after - 1ms;
    wire::Setup other = setup_for(1, 2000);
    BOOST_TEST((node.setup(other, session_number(2)).state == ReceiverState::busy));
    node.now += 1ms;
    BOOST_TEST((node.setup(other, session_number(2)).state == ReceiverState::receiving));
    BOOST_TEST(node.budget.used() == 2000U);
    BOOST_TEST(node.transfers.received_bytes(object_number(1)) == 0U);
}

BOOST_AUTO_TEST_CASE(an_announcement_of_which_nothing_came_gives_way_to_another_shape) {
    Node node;
    node.setup(setup_for(1, 3000));
    wire::Setup other = setup_for(1, 2000);
    BOOST_TEST((node.setup(other, session_number(2)).state == ReceiverState::receiving));
    BOOST_TEST(node.budget.used() == 2000U);
    BOOST_TEST((node.setup(setup_for(1, 3000)).state == ReceiverState::refused)); // the first sender hears so
}

BOOST_AUTO_TEST_CASE(completion_is_told_to_every_sender_of_the_object) {
    Node node;
    node.setup(setup_for(1, 1000));
    wire::Setup holder = setup_for(1, 1000);
    holder.transfer = {77};
    node.setup(holder, session_number(2));
    node.data(1, 0, some(1000));
    const auto reports = sent<wire::Report>(node.out);
    BOOST_TEST_REQUIRE(reports.size() == 2U);
    for (const auto& report : reports) {
        BOOST_TEST((report.state == ReceiverState::complete));
        BOOST_TEST(report.have == 1U);
        BOOST_TEST(report.gaps.empty());
    }
    BOOST_TEST((node.out.items()[0].to != node.out.items()[1].to));
}

BOOST_AUTO_TEST_CASE(reports_come_every_quarter_window_and_on_request) {
    Node node;
    node.setup(setup_for(1, 1420 * 200)); // window 184: every 46
    std::uint32_t segment = 0;
    for (; segment < 45; ++segment) BOOST_TEST(node.data(1, segment, some(1420), segment + 1) == 0U);
    BOOST_TEST(node.data(1, segment++, some(1420), 46) == 1U);
    BOOST_TEST(node.data(1, segment++, some(1420), 47) == 0U);
    BOOST_TEST(node.data(1, segment++, some(1420), 48, true) == 1U);
    for (int i = 0; i < 45; ++i, ++segment) BOOST_TEST(node.data(1, segment, some(1420), segment + 1) == 0U);
    BOOST_TEST(node.data(1, segment, some(1420), segment + 1) == 1U);
}

BOOST_AUTO_TEST_CASE(transfers_of_one_lane_report_by_their_sum) {
    Node node;
    node.setup(setup_for(1, 1420 * 200));
    node.setup(setup_for(2, 1420 * 200));
    std::size_t reports = 0;
    for (std::uint32_t i = 0; i < 46; ++i) reports += node.data(1 + i % 2, i / 2, some(1420), i + 1);
    BOOST_TEST(reports == 1U); // the credit of both is in it
}

BOOST_AUTO_TEST_CASE(a_transfer_names_its_gaps_though_others_of_its_lane_report_often) {
    Node node;
    node.setup(setup_for(1, 1420 * 200));
    node.setup(setup_for(2, 1420 * 200));
    std::uint64_t number = 1;
    std::size_t reports = 0;
    for (std::uint32_t i = 0; i < 46; ++i) {
        node.data(2, i, some(1420), number++, true); // resets the count of the lane
        reports += node.data(1, i, some(1420), number++);
    }
    BOOST_TEST(reports == 1U);
}

BOOST_AUTO_TEST_CASE(a_second_sender_halves_the_window_while_it_is_active) {
    Node node;
    BOOST_TEST(node.setup(setup_for(1, 100'000)).window == 184U);
    BOOST_TEST(node.setup(setup_for(2, 100'000), session_number(2)).window == 92U);
    BOOST_TEST(node.setup(setup_for(1, 100'000)).window == 92U);
    BOOST_TEST(node.setup(setup_for(3, 100'000)).window == 92U); // the same sender again
    node.now += limits::sender_active_for + 1ms;
    BOOST_TEST(node.setup(setup_for(1, 100'000)).window == 184U);
}

BOOST_AUTO_TEST_CASE(a_whole_object_is_found_with_its_work_until_it_is_released) {
    Node node;
    const Payload payload = random_payload(1000);
    wire::Setup setup = setup_for(1, 1000);
    setup.work_bytes = 700;
    node.setup(setup);
    node.data(1, 0, payload.view());
    BOOST_TEST(node.budget.used() == 1700U);
    BOOST_TEST(node.transfers.work_bytes(object_number(1)) == 700U);
    BOOST_TEST(same_bytes(node.transfers.find(object_number(1)).value(), payload));
    node.transfers.release(object_number(1));
    BOOST_TEST(node.budget.used() == 0U);
    BOOST_TEST(node.transfers.work_bytes(object_number(1)) == 0U);
}

BOOST_AUTO_TEST_CASE(the_core_may_answer_a_setup_itself) {
    Node node;
    const auto report = node.report([&] {
        node.transfers.answer_setup(node.now, node.sender, setup_for(1, 3000), ReceiverState::complete,
                                    node.out);
    });
    BOOST_TEST((report.state == ReceiverState::complete));
    BOOST_TEST(report.have == 3U);
    wire::Setup nonsense = setup_for(1, 3000);
    nonsense.segment_bytes = 0;
    BOOST_TEST((node.report([&] {
                        node.transfers.answer_setup(node.now, node.sender, nonsense, ReceiverState::refused,
                                                    node.out);
                    })
                    .state == ReceiverState::refused));
    BOOST_TEST(node.budget.used() == 0U);
}

BOOST_AUTO_TEST_CASE(an_abandon_for_another_object_or_transfer_changes_nothing) {
    Node node;
    node.setup(setup_for(1, 3000));
    node.transfers.on_abandon(node.now, node.sender, {{1}, object_number(2)}, node.out);
    node.transfers.on_abandon(node.now, node.sender, {{2}, object_number(1)}, node.out);
    node.transfers.on_abandon(node.now, session_number(2), {{1}, object_number(1)}, node.out);
    BOOST_TEST(node.transfers.receiving(object_number(1)));
    node.transfers.on_abandon(node.now, node.sender, {{1}, object_number(1)}, node.out);
    BOOST_TEST(!node.transfers.receiving(object_number(1)));
}

BOOST_AUTO_TEST_CASE(polls_and_setups_keep_an_unfinished_object_alive) {
    Node node;
    node.setup(setup_for(1, 3000));
    node.setup(setup_for(2, 3000), session_number(2));
    for (int i = 0; i < 100; ++i) {
        node.now += 1s;
        if (i % 2 == 0)
            node.transfers.on_poll(node.now, node.sender, 10 + static_cast<unsigned>(i), {{1}, 1}, node.out);
        if (i % 2 == 1) node.setup(setup_for(2, 3000), session_number(2));
        node.transfers.on_deadline(node.now, node.out);
    }
    BOOST_TEST(node.transfers.receiving(object_number(1)));
    BOOST_TEST(node.transfers.receiving(object_number(2)));
    node.now += limits::assembly_abandoned_after + 1s;
    node.transfers.on_deadline(node.now, node.out);
    BOOST_TEST(only<ObjectDropped>(node.transfers.take_events()).size() == 2U);
    BOOST_TEST(node.budget.used() == 0U);
}

BOOST_AUTO_TEST_CASE(an_abandon_of_a_whole_object_leaves_it_here) {
    Node node;
    node.setup(setup_for(1, 1000));
    node.data(1, 0, some(1000));
    node.transfers.on_abandon(node.now, node.sender, {{1}, object_number(1)}, node.out);
    BOOST_TEST(node.transfers.find(object_number(1)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
