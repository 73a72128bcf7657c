// Whole transfers over a bad network: every receiver ends with the same bytes, and repairs stay near what was
// lost.
#include "unit/transfer/fixtures.hpp"

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;

namespace {

#ifdef NDEBUG
constexpr std::size_t large = 40'000'000;
#else
constexpr std::size_t large = 8'000'000;
#endif

struct Cluster {
    explicit Cluster(const LinkOptions& options, std::uint32_t count)
        : link{options}, client{link.add_client()} {
        for (std::uint32_t id = 1; id <= count; ++id) nodes.push_back(&link.add_node(id));
    }
    SendSpec upload(std::uint32_t number, const Payload& payload) const {
        SendSpec spec;
        spec.object = object_number(number);
        spec.bytes = payload;
        spec.segment_bytes = ethernet_segment;
        for (const Party* node : nodes) spec.receivers.push_back(node->id);
        return spec;
    }
    void send(Party& from, SendSpec spec) {
        link.act(from,
                 [&](Transfers& t, TimePoint now, wire::Outbox& out) { t.send(now, std::move(spec), out); });
    }
    bool finished(const Party& sender, std::size_t times = 1) const {
        return sender.all<SendFinished>().size() >= times;
    }

    LossyLink link;
    Party& client;
    std::vector<Party*> nodes;
};

void deliver(std::size_t bytes, std::uint32_t receivers, const LinkOptions& options) {
    BOOST_TEST_CONTEXT(bytes << " bytes to " << receivers << ", loss " << options.loss << ", seed "
                             << options.seed) {
        Cluster cluster{options, receivers};
        const Payload payload = random_payload(bytes);
        cluster.send(cluster.client, cluster.upload(1, payload));
        BOOST_TEST_REQUIRE(cluster.link.run([&] { return cluster.finished(cluster.client); }));
        BOOST_TEST(cluster.client.all<SendFinished>()[0].complete.size() == receivers);
        for (Party* node : cluster.nodes) {
            BOOST_TEST(holds(*node, object_number(1), payload));
            BOOST_TEST(node->all<ObjectComplete>().size() == 1U);
            BOOST_TEST(node->budget.used() == bytes);
            node->transfers.release(object_number(1));
            BOOST_TEST(node->budget.used() == 0U);
        }
    }
}

LinkOptions bad_link(double loss, std::uint64_t seed) {
    LinkOptions options;
    options.seed = seed;
    options.loss = loss;
    options.duplicate = 0.02;
    options.jitter = 150us;
    return options;
}

} // namespace

BOOST_AUTO_TEST_SUITE(delivery)

BOOST_AUTO_TEST_CASE(objects_of_every_size_arrive_at_every_loss) {
    constexpr std::size_t segment = ethernet_segment;
    constexpr std::size_t block = segment * limits::segments_per_block;
    std::uint64_t seed = 1;
    for (const double loss : {0.0, 0.01, 0.05, 0.1, 0.3}) {
        for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, segment - 1, segment, segment + 1,
                                        block - 1, block, block + 1, std::size_t{1'000'000}}) {
            for (const std::uint32_t receivers : {1U, 3U, 8U})
                deliver(bytes, receivers, bad_link(loss, seed++));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_large_object_arrives_at_every_loss) {
    for (const double loss : {0.0, 0.01, 0.05, 0.1, 0.3}) deliver(large, 3, bad_link(loss, 7));
}

BOOST_AUTO_TEST_CASE(every_seed_converges_at_thirty_percent_loss) {
    for (std::uint64_t seed = 100; seed < 160; ++seed) deliver(300'000, 1 + seed % 8, bad_link(0.3, seed));
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_twice_when_nothing_is_lost) {
    Cluster cluster{{}, 3};
    cluster.send(cluster.client, cluster.upload(1, random_payload(2'000'000)));
    BOOST_TEST_REQUIRE(cluster.link.run([&] { return cluster.finished(cluster.client); }));
    const TransferCounters& sent = cluster.client.transfers.counters();
    BOOST_TEST(sent.repairs_sent == 0U);
    BOOST_TEST(sent.data_sent == (2'000'000 + ethernet_segment - 1) / ethernet_segment);
    BOOST_TEST(sent.setups_sent == 2U);
    BOOST_TEST(sent.polls_sent == 0U);
}

BOOST_AUTO_TEST_CASE(repairs_stay_near_what_anyone_lost) {
    LinkOptions options;
    options.loss = 0.05;
    Cluster cluster{options, 3};
    cluster.send(cluster.client, cluster.upload(1, random_payload(large)));
    BOOST_TEST_REQUIRE(cluster.link.run([&] { return cluster.finished(cluster.client); }));
    const std::uint64_t repairs = cluster.client.all<SendFinished>()[0].repairs;
    BOOST_TEST_MESSAGE("data " << cluster.link.data_sent << ", lost by anyone "
                               << cluster.link.data_lost_by_anyone << ", repairs " << repairs << ", polls "
                               << cluster.client.transfers.counters().polls_sent << ", reports of one "
                               << cluster.nodes[0]->transfers.counters().reports_sent);
    BOOST_TEST(repairs > 0U);
    BOOST_TEST(repairs * 100 <= cluster.link.data_lost_by_anyone * 102);
}

BOOST_AUTO_TEST_CASE(eight_receivers_cost_little_more_than_the_worst_of_them) {
    // Loss, parity. The least that any code could do at 10 % is 15.7 % on average, which we meet by 0.2 %;
    // one object of this size varies by 0.15 %.
    const std::pair<double, double> bounds[] = {{0.01, 0.025}, {0.05, 0.09}, {0.1, 0.163}};
    for (const auto& [loss, most] : bounds) {
        LinkOptions options;
        options.loss = loss;
        Cluster cluster{options, 8};
        cluster.send(cluster.client, cluster.upload(1, random_payload(40'000'000)));
        BOOST_TEST_REQUIRE(cluster.link.run([&] { return cluster.finished(cluster.client); }));
        const SendFinished finished = cluster.client.all<SendFinished>()[0];
        BOOST_TEST(finished.complete.size() == 8U);
        const auto data = static_cast<double>(finished.datagrams - finished.repairs);
        const double share = static_cast<double>(cluster.client.transfers.counters().parity_sent) / data;
        BOOST_TEST_MESSAGE("loss " << loss << ": parity " << share << " of the data, with the last resends "
                                   << static_cast<double>(finished.repairs) / data);
        BOOST_TEST(share <= most);
    }
}

BOOST_AUTO_TEST_CASE(credit_keeps_the_buffer_of_a_slow_receiver_from_overflowing) {
    LinkOptions options;
    options.transmit = 10us;
    options.service = 40us; // four times slower than the wire
    options.buffer = 184;   // what 425 984 bytes hold
    LossyLink link{options};
    Party& client = link.add_client();
    Party& node = link.add_node(1, 1U << 30U, 425'984);
    SendSpec spec{object_number(1), random_payload(3'000'000), ethernet_segment, {node.id}, {}, 0, false, {}};
    link.act(client, [&](Transfers& t, TimePoint now, wire::Outbox& out) { t.send(now, spec, out); });
    BOOST_TEST_REQUIRE(link.run([&] { return !client.all<SendFinished>().empty(); }));
    BOOST_TEST(node.overflowed == 0U);
    BOOST_TEST(client.transfers.counters().repairs_sent == 0U);
    BOOST_TEST(holds(node, object_number(1), spec.bytes));
}

BOOST_AUTO_TEST_CASE(two_senders_share_the_buffer_of_one_receiver) {
    LinkOptions options;
    options.service = 40us;
    options.buffer = 184 + 2 * limits::credit_window_first; // both first flights are on top of it
    LossyLink link{options};
    Party& a = link.add_client();
    Party& b = link.add_client();
    Party& node = link.add_node(1, 1U << 30U, 425'984);
    for (Party* sender : {&a, &b}) {
        SendSpec spec{object_number(sender == &a ? 1 : 2),
                      random_payload(1'000'000),
                      ethernet_segment,
                      {node.id},
                      {},
                      0,
                      false,
                      {}};
        link.act(*sender, [&](Transfers& t, TimePoint now, wire::Outbox& out) { t.send(now, spec, out); });
    }
    BOOST_TEST_REQUIRE(link.run([&] { return node.all<ObjectComplete>().size() == 2; }));
    BOOST_TEST(node.overflowed == 0U);
}

BOOST_AUTO_TEST_CASE(many_objects_of_several_senders_arrive_together) {
    Cluster cluster{bad_link(0.05, 5), 3};
    struct Expected {
        const Party* receiver;
        ObjectId object;
        Payload payload;
    };
    std::vector<Expected> expected;
    for (std::uint32_t i = 1; i <= 24; ++i) {
        const Payload payload = random_payload(20'000 * i, i);
        Party& sender = i % 3 == 0 ? *cluster.nodes[i % 2] : cluster.client;
        SendSpec spec = cluster.upload(i, payload);
        std::erase(spec.receivers, sender.id);
        cluster.send(sender, spec);
        for (const Party* node : cluster.nodes)
            if (node != &sender) expected.push_back({node, object_number(i), payload});
    }
    BOOST_TEST_REQUIRE(cluster.link.run([&] {
        return std::ranges::all_of(
            expected, [](const Expected& e) { return e.receiver->transfers.find(e.object).has_value(); });
    }));
    for (const Expected& e : expected) BOOST_TEST(holds(*e.receiver, e.object, e.payload));
}

BOOST_AUTO_TEST_CASE(a_small_object_overtakes_a_big_one) {
    Cluster cluster{{}, 2};
    cluster.send(cluster.client, cluster.upload(1, random_payload(4'000'000)));
    cluster.link.run_for(2ms);
    cluster.send(cluster.client, cluster.upload(2, random_payload(50'000)));
    BOOST_TEST_REQUIRE(cluster.link.run([&] { return cluster.finished(cluster.client, 2); }));
    BOOST_TEST((cluster.client.all<SendFinished>()[0].object == object_number(2)));
}

BOOST_AUTO_TEST_CASE(two_big_objects_share_the_wire) {
    Cluster cluster{{}, 2};
    cluster.send(cluster.client, cluster.upload(1, random_payload(4'000'000)));
    cluster.send(cluster.client, cluster.upload(2, random_payload(4'000'000)));
    BOOST_TEST_REQUIRE(cluster.link.run([&] { return cluster.finished(cluster.client); }));
    const ObjectId first = cluster.client.all<SendFinished>()[0].object;
    const ObjectId other = first == object_number(1) ? object_number(2) : object_number(1);
    BOOST_TEST(cluster.nodes[0]->transfers.received_bytes(other) > 3'000'000U);
}

BOOST_AUTO_TEST_CASE(what_is_under_way_is_shown_on_both_sides_until_it_is_there) {
    Cluster cluster{{}, 2};
    cluster.send(cluster.client, cluster.upload(1, random_payload(4'000'000)));
    const auto& node = cluster.nodes[0]->transfers;
    BOOST_TEST_REQUIRE(cluster.link.run([&] { return node.received_bytes(object_number(1)) > 1'000'000U; }));
    BOOST_TEST_REQUIRE(node.arriving().size() == 1U);
    BOOST_TEST((node.arriving()[0].object == object_number(1)));
    BOOST_TEST(node.arriving()[0].bytes == node.received_bytes(object_number(1)));
    BOOST_TEST(node.arriving()[0].total == 4'000'000U);
    BOOST_TEST(node.leaving().empty());
    BOOST_TEST_REQUIRE(cluster.client.transfers.leaving().size() == 1U);
    BOOST_TEST(cluster.client.transfers.leaving()[0].total == 4'000'000U);
    BOOST_TEST_REQUIRE(cluster.link.run([&] { return cluster.finished(cluster.client); }));
    BOOST_TEST(node.arriving().empty());
    BOOST_TEST(cluster.client.transfers.leaving().empty()); // it lingers, and that is nothing to look at
}

BOOST_AUTO_TEST_CASE(a_result_goes_to_one_client_by_unicast) {
    for (const double loss : {0.0, 0.1, 0.3}) {
        LossyLink link{bad_link(loss, 11)};
        Party& leader = link.add_node(1);
        Party& alice = link.add_client();
        Party& bob = link.add_client();
        const Payload payload = random_payload(700'000);
        SendSpec spec;
        spec.object = object_number(1);
        spec.bytes = payload;
        spec.segment_bytes = ethernet_segment;
        spec.unicast_to = alice.id.session;
        link.act(leader, [&](Transfers& t, TimePoint now, wire::Outbox& out) { t.send(now, spec, out); });
        BOOST_TEST_REQUIRE(link.run([&] { return !leader.all<SendFinished>().empty(); }));
        BOOST_TEST(holds(alice, object_number(1), payload));
        BOOST_TEST(!bob.transfers.find(object_number(1)));
        BOOST_TEST(bob.transfers.counters().unknown_transfer == 0U);
    }
}

BOOST_AUTO_TEST_CASE(a_leader_answers_many_clients_at_once) {
    LossyLink link{bad_link(0.02, 12)};
    Party& leader = link.add_node(1);
    std::vector<Party*> clients;
    for (std::uint32_t i = 0; i < 16; ++i) clients.push_back(&link.add_client());
    for (std::uint32_t i = 0; i < 16; ++i) {
        SendSpec spec;
        spec.object = object_number(i);
        spec.bytes = random_payload(100'000, i);
        spec.segment_bytes = ethernet_segment;
        spec.unicast_to = clients[i]->id.session;
        link.act(leader, [&](Transfers& t, TimePoint now, wire::Outbox& out) { t.send(now, spec, out); });
    }
    BOOST_TEST_REQUIRE(link.run([&] { return leader.all<SendFinished>().size() == 16; }));
    for (std::uint32_t i = 0; i < 16; ++i)
        BOOST_TEST(holds(*clients[i], object_number(i), random_payload(100'000, i)));
}

BOOST_AUTO_TEST_CASE(large_datagrams_of_loopback_arrive_too) {
    Cluster cluster{bad_link(0.05, 13), 3};
    SendSpec spec = cluster.upload(1, random_payload(5'000'000));
    spec.segment_bytes = limits::segment_max;
    cluster.send(cluster.client, spec);
    BOOST_TEST_REQUIRE(cluster.link.run([&] { return cluster.finished(cluster.client); }));
    for (const Party* node : cluster.nodes) BOOST_TEST(holds(*node, object_number(1), spec.bytes));
}

BOOST_AUTO_TEST_CASE(a_run_repeats_exactly_for_a_seed) {
    const auto run = [] {
        Cluster cluster{bad_link(0.1, 99), 4};
        cluster.send(cluster.client, cluster.upload(1, random_payload(400'000)));
        cluster.link.run([&] { return cluster.finished(cluster.client); });
        return std::pair{cluster.link.data_sent, cluster.link.now};
    };
    BOOST_TEST((run() == run()));
}

BOOST_AUTO_TEST_SUITE_END()
