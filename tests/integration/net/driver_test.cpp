#include "integration/net/toy_core.hpp"
#include "integration/net/transport_world.hpp"
#include "net/core_driver.hpp"
#include "support/free_ports.hpp"
#include "support/one_processor.hpp"
#include "support/private_network.hpp"
#include "support/run_until.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <numeric>

using namespace cp;
using net::Channel;
using test::ToyCore;

namespace {

struct Node {
    ToyCore core;
    net::CoreDriver driver;
    std::size_t hooks = 0;
    bool ended = false;
    std::exception_ptr failure;

    Node(net::GroupTransport transport, std::uint8_t number, const net::LossFilter& loss)
        : core{number}, driver{std::move(transport), core, test::toy_identity(number), [this] { ++hooks; },
                               loss} {}
};

struct World {
    test::OneProcessor processor;
    test::PortPair ports;
    boost::asio::io_context io{1};
    std::vector<std::unique_ptr<Node>> nodes;

    ~World() {
        for (auto& node : nodes) node->driver.close();
        io.restart();
        BOOST_TEST(test::run_to_end(io));
    }
    [[nodiscard]] net::GroupTransport transport() {
        net::TransportOptions options;
        options.group = {0xefff4350, ports.control()};
        options.io = test::io_of_this_run();
        auto opened = net::GroupTransport::open(io.get_executor(), options);
        BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().line));
        return std::move(*opened);
    }
    Node& add(const net::LossFilter& loss = {}) {
        const auto number = static_cast<std::uint8_t>(nodes.size() + 1);
        nodes.push_back(std::make_unique<Node>(transport(), number, loss));
        return *nodes.back();
    }
    void start(Node& node) {
        boost::asio::co_spawn(io, node.driver.run(), [&node](std::exception_ptr failure) {
            node.ended = true;
            node.failure = failure;
        });
    }
    // All of them, until each has proven itself to each.
    void acquaint() {
        for (auto& node : nodes) {
            node->core.announcing = true;
            start(*node);
        }
        run_until([&] {
            return std::ranges::all_of(
                nodes, [&](const auto& node) { return node->core.proven == nodes.size() - 1; });
        });
        for (auto& node : nodes) node->core.announcing = false;
    }
    template <class Condition>
    void run_until(Condition condition) {
        io.restart();
        BOOST_REQUIRE_MESSAGE(test::run_until(io, condition), "the watchdog bit");
    }
};

void probe(Node& node, std::uint64_t token) {
    node.driver.call([&](TimePoint, wire::Outbox& out) { node.core.probe(token, out); });
}

std::vector<std::uint32_t> first_numbers(std::size_t count) {
    std::vector<std::uint32_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 0U);
    return numbers;
}

// Datagrams that open nowhere, straight at the control group, as fast as the loop turns.
boost::asio::awaitable<void> flood(net::GroupTransport& from, const bool& stop, std::size_t& sent) {
    const std::string garbage(100, 'g');
    std::vector<net::Sending> batch(net::io_batch,
                                    {as_bytes(garbage), from.targets(wire::Lane::control)[0].to, 0});
    while (!stop) {
        sent += from.send(batch).done;
        co_await boost::asio::post(from.executor(), boost::asio::use_awaitable);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(driver)

BOOST_AUTO_TEST_CASE(three_cores_prove_themselves_and_each_hears_its_echoes) {
    World world;
    for (int i = 0; i < 3; ++i) world.add();
    world.acquaint();
    for (std::size_t i = 0; i < 3; ++i) probe(*world.nodes[i], 100 + i);
    world.run_until([&] {
        std::size_t echoes = 0;
        for (std::size_t i = 0; i < 3; ++i) echoes += world.nodes[i]->core.acknowledged[100 + i].size();
        return echoes == 6;
    });
    for (const auto& node : world.nodes) {
        BOOST_TEST(node->hooks > 0U);
        BOOST_TEST(node->core.refused[errc::not_authentic] == 0U);
        BOOST_TEST(node->driver.counters().unroutable == 0U);
        BOOST_TEST(node->driver.counters().overflowed == 0U);
    }
}

BOOST_AUTO_TEST_CASE(bulk_is_pulled_sealed_and_opened_whole_and_in_order) {
    World world;
    Node& sender = world.add();
    Node& receiver = world.add();
    world.acquaint();
    sender.core.bulk_bytes = limits::datagram_loopback - limits::data_overhead;
    sender.core.bulk_total = 100; // below what the receive buffer holds, whatever the pace
    sender.driver.poke();
    world.run_until([&] { return receiver.core.segments.size() == 100; });
    BOOST_TEST(receiver.core.segments == first_numbers(100), boost::test_tools::per_element());
    BOOST_TEST(receiver.core.wrong_segments == 0U);
}

BOOST_AUTO_TEST_CASE(an_endless_upload_leaves_room_for_timers_and_probes) {
    World world;
    Node& sender = world.add();
    world.add();
    world.acquaint();
    sender.core.bulk_total = 0xffffffff; // the sender's own bulk, every turn a full pull of it
    sender.driver.poke();
    const std::size_t deadlines = sender.core.deadlines;
    for (std::uint64_t token = 1; token <= 20; ++token) {
        probe(sender, token);
        world.run_until([&] { return !sender.core.acknowledged[token].empty(); });
    }
    world.run_until([&] { return sender.core.deadlines >= deadlines + 20; });
    BOOST_TEST(sender.core.pulls > 20U);
    sender.core.bulk_total = 0;
}

BOOST_AUTO_TEST_CASE(a_flood_of_garbage_on_the_control_port_stops_neither_timers_nor_unicast) {
    World world;
    Node& one = world.add();
    Node& two = world.add();
    world.acquaint();
    net::GroupTransport attacker = world.transport();
    bool stop = false;
    std::size_t sent = 0;
    boost::asio::co_spawn(world.io, flood(attacker, stop, sent), boost::asio::detached);
    const std::size_t deadlines = one.core.deadlines + two.core.deadlines;
    // Probes go to the flooded group and may be lost there, as heartbeats may: the next one counts.
    std::uint64_t token = 0;
    world.run_until([&] {
        if (one.core.acknowledged.empty() && sent / 1000 > token) probe(one, ++token);
        return !one.core.acknowledged.empty() && one.core.deadlines + two.core.deadlines >= deadlines + 100 &&
               one.core.refused[errc::wrong_magic] >= 20'000;
    });
    stop = true;
    BOOST_TEST(!one.ended);
}

BOOST_AUTO_TEST_CASE(more_answers_than_the_queue_holds_in_one_core_call_all_leave) {
    World world;
    Node& asker = world.add();
    Node& talker = world.add();
    world.acquaint();
    talker.core.answers = 2000;
    probe(asker, 1);
    world.run_until([&] { return asker.core.acknowledged.size() == 2000; });
    BOOST_TEST(talker.driver.counters().overflowed == 0U);
}

BOOST_AUTO_TEST_CASE(the_loss_filter_loses_its_share_before_the_core_sees_it) {
    World world;
    Node& sender = world.add();
    Node& receiver = world.add(net::LossFilter{20, 7});
    world.acquaint();
    const std::size_t filtered = receiver.driver.counters().filtered;
    sender.core.bulk_total = 2000;
    sender.driver.poke();
    const auto all = [&] {
        return receiver.core.segments.size() + receiver.driver.counters().filtered - filtered;
    };
    world.run_until([&] { return all() >= 2000; });
    BOOST_TEST(receiver.core.segments.size() > 1400U);
    BOOST_TEST(receiver.core.segments.size() < 1800U);
}

BOOST_AUTO_TEST_CASE(doubled_datagrams_reach_the_core_twice_and_intact) {
    World world;
    Node& sender = world.add();
    Node& receiver = world.add(net::LossFilter{0, 7, 100});
    world.acquaint();
    receiver.core.refused.clear();
    sender.core.bulk_total = 50;
    sender.driver.poke();
    world.run_until([&] { return receiver.core.segments.size() == 50; });
    BOOST_TEST(receiver.core.refused[errc::replayed] >= 50U);
    BOOST_TEST(receiver.core.refused[errc::not_authentic] == 0U); // the doubles were true copies
}

BOOST_AUTO_TEST_CASE(close_sends_what_was_said_last_and_ends_run) {
    World world;
    Node& leaver = world.add();
    Node& stays = world.add();
    world.acquaint();
    leaver.core.bulk_total = 0xffffffff; // an upload in the middle does not hold it up
    leaver.driver.call([](TimePoint, wire::Outbox& out) { out.to_group(wire::Leave{}); });
    leaver.driver.close();
    leaver.driver.close(); // once is enough, twice is harmless
    world.run_until([&] { return leaver.ended && !stays.core.left.empty(); });
    BOOST_TEST(!leaver.failure);
    BOOST_TEST(!stays.ended);
    probe(leaver, 1); // a late call of the app
    BOOST_TEST(leaver.driver.transport().sent().datagrams > 0U);
}

BOOST_AUTO_TEST_CASE(run_ends_when_the_driver_was_closed_before) {
    World world;
    Node& node = world.add();
    node.driver.close();
    world.start(node);
    world.run_until([&] { return node.ended; });
    BOOST_TEST(!node.failure);
}

BOOST_AUTO_TEST_CASE(an_exception_of_the_core_comes_out_of_run) {
    World world;
    Node& node = world.add();
    node.core.throws_at_deadline = true;
    world.start(node);
    world.run_until([&] { return node.ended; });
    BOOST_REQUIRE(node.failure);
    BOOST_CHECK_EXCEPTION(
        std::rethrow_exception(node.failure), std::runtime_error,
        [](const std::exception& e) { return e.what() == std::string{"a bug in the core"}; });
}

BOOST_AUTO_TEST_CASE(a_slow_wire_stops_the_pull_and_loses_nothing) {
    // 40 Mbit/s: the socket's send buffer fills at once, and the driver must wait for it again and again.
    test::in_private_network("tc qdisc add dev lo root tbf rate 40mbit burst 64k limit 4m", [] {
        World world;
        Node& sender = world.add();
        Node& receiver = world.add();
        world.acquaint();
        sender.core.bulk_bytes = limits::datagram_ethernet - limits::data_overhead;
        sender.core.bulk_total = 2000; // 2.9 MB, many times the send buffer
        sender.driver.poke();
        BOOST_TEST(sender.core.bulk_sent < 500U); // pulled no more than the socket took
        std::uint64_t probes = 0;
        world.run_until([&] {
            // Control gets through in the middle of it, though the socket is full most of the time.
            if (receiver.core.segments.size() > 400 * (probes + 1)) probe(sender, ++probes);
            return receiver.core.segments.size() == 2000 && sender.core.acknowledged.size() >= probes;
        });
        BOOST_TEST(probes >= 4U);
        BOOST_TEST(receiver.core.segments == first_numbers(2000), boost::test_tools::per_element());
        BOOST_TEST(sender.driver.counters().overflowed == 0U);
        BOOST_TEST(sender.driver.transport().sent().failed == 0U);
    });
}

BOOST_AUTO_TEST_CASE(a_full_queue_drops_and_counts_instead_of_growing) {
    test::in_private_network("tc qdisc add dev lo root tbf rate 5mbit burst 5k limit 4m", [] {
        World world;
        Node& asker = world.add();
        Node& talker = world.add();
        world.acquaint();
        talker.core.answers = 20'000; // in one core call; the queue's bytes are enough for about half of them
        probe(asker, 1);
        world.run_until(
            [&] { return asker.core.acknowledged.size() + talker.driver.counters().overflowed == 20'000; });
        BOOST_TEST(talker.driver.counters().overflowed > 0U);
        BOOST_TEST(asker.core.acknowledged.size() >= 7500U); // 100 bytes each, at most
    });
}

BOOST_AUTO_TEST_SUITE_END()
