// Objects that are sent while their end is still being made.
#include "transfer/send_queue.hpp"
#include "unit/transfer/scripted_sender.hpp"

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;

namespace {

using Segments = std::vector<std::uint32_t>;

wire::BlockGap gap_of(std::initializer_list<std::uint32_t> segments) {
    wire::BlockGap gap;
    for (const std::uint32_t s : segments) gap.missing[s / 8] |= std::byte{1} << (s % 8);
    return gap;
}

} // namespace

BOOST_AUTO_TEST_SUITE(growing_object)

BOOST_AUTO_TEST_CASE(what_is_not_final_does_not_leave) {
    ScriptedSender sender{6, 2, 2 * ethernet_segment + ethernet_segment / 2};
    BOOST_TEST((sender.pull() == Segments{0, 1}));
    BOOST_TEST(sender.pull().empty());
    sender.out.clear();
    sender.transfers.set_ready(sender.now, object_number(1), 3 * ethernet_segment, sender.out);
    BOOST_TEST((sender.pull() == Segments{2}));
    sender.transfers.set_ready(sender.now, object_number(1), 6 * ethernet_segment - 1, sender.out);
    BOOST_TEST((sender.pull() == Segments{3, 4}));
    sender.transfers.set_ready(sender.now, object_number(1), 6 * ethernet_segment, sender.out);
    BOOST_TEST((sender.pull() == Segments{5}));
    BOOST_TEST(sent<wire::Data>(sender.out).back().report_now);
}

BOOST_AUTO_TEST_CASE(receivers_that_have_all_that_is_final_are_waited_for_and_asked) {
    ScriptedSender sender{6, 1, 2 * ethernet_segment};
    sender.pull();
    sender.hear(0, sender.receiving(sender.last_number, 2));
    BOOST_TEST(only<SendFinished>(sender.events).empty());
    for (int i = 0; i < 100; ++i) { // far longer than anybody else's patience
        sender.wait();
        sender.hear(0, sender.receiving(sender.last_number, 2));
    }
    BOOST_TEST(only<ReceiverChanged>(sender.events).empty());
    sender.transfers.set_ready(sender.now, object_number(1), 6 * ethernet_segment, sender.out);
    BOOST_TEST(sender.pull().size() == 4U);
    sender.hear(0, sender.state(wire::ReceiverState::complete));
    BOOST_TEST(only<SendFinished>(sender.events).size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_silent_is_asked_however_often_more_is_final) {
    ScriptedSender sender{1000, 1, 100 * ethernet_segment};
    BOOST_TEST(sender.pull().size() == limits::credit_window_first);
    const TimePoint asks = sender.transfers.deadline();
    for (std::uint64_t segments = 110; segments < 200; segments += 10) {
        sender.now += (asks - sender.now) / 2;
        sender.transfers.set_ready(sender.now, object_number(1), segments * ethernet_segment, sender.out);
        BOOST_TEST(sender.pull().empty()); // no credit
        BOOST_TEST((sender.transfers.deadline() == asks));
    }
    sender.wait();
    BOOST_TEST(sent<wire::Poll>(sender.out).size() == 1U);
}

BOOST_AUTO_TEST_CASE(no_report_makes_anything_leave_that_is_not_final) {
    SendQueue queue{8, false, 4};
    queue.set_ready(3);
    for (std::uint64_t number = 1; queue.waiting() > 0; ++number) queue.sent(queue.take(), number);
    BOOST_TEST(queue.first_pass() == 3U);
    const LossView everything{100, 100};
    queue.on_gaps({gap_of({2, 3, 7})}, everything, 8, false);
    BOOST_TEST(queue.waiting() == 1U);
    queue.stop();
    queue.on_gaps({gap_of({2, 3, 7})}, everything, 8, false);
    BOOST_TEST(queue.waiting() == 1U);
    queue.set_ready(8);
    queue.on_gaps({gap_of({3, 7})}, everything, 8, false);
    BOOST_TEST(queue.waiting() == 3U);
}

BOOST_AUTO_TEST_CASE(an_end_that_is_made_late_arrives_like_all_the_rest) {
    for (const double loss : {0.0, 0.1, 0.3}) {
        LinkOptions options;
        options.loss = loss;
        LossyLink link{options};
        Party& client = link.add_client();
        SendSpec spec;
        spec.object = object_number(1);
        spec.bytes = random_payload(300'000);
        spec.segment_bytes = ethernet_segment;
        spec.ready_bytes = spec.bytes.size() - limits::digest_size;
        std::vector<Party*> nodes;
        for (std::uint32_t id = 1; id <= 3; ++id) {
            nodes.push_back(&link.add_node(id));
            spec.receivers.push_back(nodes.back()->id);
        }
        const std::uint64_t all_but_one = spec.bytes.size() / ethernet_segment * ethernet_segment;
        link.act(client, [&](Transfers& t, TimePoint now, wire::Outbox& out) { t.send(now, spec, out); });
        const bool nearly = link.run([&] {
            return std::ranges::all_of(nodes, [&](Party* node) {
                return node->transfers.received_bytes(object_number(1)) == all_but_one;
            });
        });
        BOOST_TEST_REQUIRE(nearly);
        link.act(client, [&](Transfers& t, TimePoint now, wire::Outbox& out) {
            t.set_ready(now, object_number(1), spec.bytes.size(), out);
        });
        BOOST_TEST_REQUIRE(link.run([&] { return !client.all<SendFinished>().empty(); }));
        BOOST_TEST(client.all<SendFinished>()[0].complete.size() == 3U);
        for (Party* node : nodes) BOOST_TEST(holds(*node, object_number(1), spec.bytes));
    }
}

BOOST_AUTO_TEST_SUITE_END()
