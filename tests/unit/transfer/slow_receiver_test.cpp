// One bad receiver of eight: the others are through in the time that they need without it, and it catches up.
#include "unit/transfer/fixtures.hpp"

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;

namespace {

constexpr std::size_t object_bytes = 20'000'000; // 0.56 s of wire

struct Group {
    Group() {
        LinkOptions options;
        options.transmit = 40us;
        options.service = 20us;
        options.buffer = 184; // of a socket, in datagrams
        link = std::make_unique<LossyLink>(options);
        client = &link->add_client();
        spec = {object_number(1), random_payload(object_bytes), ethernet_segment, {}, {}, 0, false, {}};
        for (std::uint32_t id = 1; id <= 8; ++id) {
            nodes.push_back(&link->add_node(id, 1U << 30U, limits::receive_capacity_default));
            spec.receivers.push_back(nodes.back()->id);
        }
    }
    // Until the other seven have it. `bad` makes the last one bad, 20 ms after the beginning.
    Duration run(const std::function<void(Party&)>& bad) {
        const TimePoint begin = link->now;
        link->act(*client, [&](Transfers& t, TimePoint now, wire::Outbox& out) { t.send(now, spec, out); });
        link->run_for(20ms);
        bad(*nodes.back());
        BOOST_TEST_REQUIRE(link->run([&] {
            return std::all_of(nodes.begin(), nodes.end() - 1,
                               [](const Party* n) { return !n->all<ObjectComplete>().empty(); });
        }));
        return link->now - begin;
    }
    bool the_last_one_catches_up() {
        return link->run([&] { return holds(*nodes.back(), object_number(1), spec.bytes); });
    }
    // As Fetch does it.
    bool the_last_one_catches_up_from_a_holder() {
        SendSpec again = spec;
        again.receivers.clear();
        again.unicast_to = nodes.back()->id.session;
        again.repairs_only = true;
        link->act(*nodes.front(),
                  [&](Transfers& t, TimePoint now, wire::Outbox& out) { t.send(now, again, out); });
        return link->run([&] { return holds(*nodes.back(), object_number(1), spec.bytes); });
    }

    std::unique_ptr<LossyLink> link;
    Party* client;
    SendSpec spec;
    std::vector<Party*> nodes;
};

double ms(Duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

} // namespace

BOOST_AUTO_TEST_SUITE(slow_receiver)

BOOST_AUTO_TEST_CASE(one_that_stops_costs_the_others_no_more_than_the_bound) {
    const Duration good = Group{}.run([](Party&) {});
    Group group;
    const Duration bad = group.run([&](Party& p) { group.link->stop(p); });
    BOOST_TEST_MESSAGE("one stopped: " << ms(bad) << " ms instead of " << ms(good));
    BOOST_TEST(ms(bad) <= 1.1 * ms(good));
    group.link->run_for(5s); // longer than anybody asks it
    group.link->resume(*group.nodes.back());
    BOOST_TEST(group.the_last_one_catches_up_from_a_holder());
}

BOOST_AUTO_TEST_CASE(one_that_stops_for_a_while_is_asked_when_the_others_are_through) {
    Group group;
    group.run([&](Party& p) { group.link->stop(p); });
    group.link->run_for(100ms);
    group.link->resume(*group.nodes.back());
    BOOST_TEST(group.the_last_one_catches_up());
    BOOST_TEST_REQUIRE(group.link->run([&] { return group.client->transfers.deadline() == never; }));
}

BOOST_AUTO_TEST_CASE(one_that_heard_nothing_gets_all_of_it_when_the_others_are_through) {
    Group group;
    group.nodes.back()->cut = true;
    group.spec.bytes = random_payload(100'000);
    group.run([](Party&) {});
    BOOST_TEST_REQUIRE(group.link->run([&] { return !group.client->all<SendFinished>().empty(); }));
    group.nodes.back()->cut = false;
    BOOST_TEST(group.the_last_one_catches_up());
}

BOOST_AUTO_TEST_CASE(one_that_never_wakes_is_not_asked_for_ever) {
    Group group;
    group.run([&](Party& p) { group.link->stop(p); });
    BOOST_TEST(group.link->run([&] { return group.client->transfers.deadline() == never; }, 2s));
    const auto polls = group.client->transfers.counters().polls_sent;
    group.link->run_for(5s);
    BOOST_TEST(group.client->transfers.counters().polls_sent == polls);
}

BOOST_AUTO_TEST_CASE(one_that_is_ten_times_slower_costs_the_others_no_more_than_the_bound) {
    const Duration good = Group{}.run([](Party&) {});
    Group group;
    const Duration bad = group.run([&](Party& p) { p.slow_down = 380us; });
    BOOST_TEST_MESSAGE("one slow: " << ms(bad) << " ms instead of " << ms(good));
    BOOST_TEST(ms(bad) <= 1.1 * ms(good));
    BOOST_TEST(group.the_last_one_catches_up());
}

BOOST_AUTO_TEST_SUITE_END()
