// Receivers that stop, are full or vanish, and senders that die: the others finish, and whoever missed
// something gets it from a holder.
#include "unit/transfer/fixtures.hpp"

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;

namespace {

constexpr std::uint64_t plenty = 1U << 30U;

struct World {
    explicit World(const LinkOptions& options = {}) : link{options}, client{link.add_client()} {}

    SendSpec spec(const Payload& payload, const std::vector<Party*>& to) const {
        SendSpec s;
        s.object = object;
        s.bytes = payload;
        s.segment_bytes = ethernet_segment;
        for (const Party* node : to) s.receivers.push_back(node->id);
        return s;
    }
    void send(Party& from, SendSpec s) {
        link.act(from,
                 [&](Transfers& t, TimePoint now, wire::Outbox& out) { t.send(now, std::move(s), out); });
    }
    // What a core does when a node asks a holder with Fetch.
    void answer_fetch(Party& holder, const Party& asker) {
        SendSpec s;
        s.object = object;
        s.bytes = holder.transfers.find(object).value();
        s.segment_bytes = holder.transfers.segment_bytes(object);
        s.unicast_to = asker.id.session;
        s.repairs_only = true;
        send(holder, std::move(s));
    }
    static std::size_t phases(const Party& sender, ReceiverPhase phase) {
        return static_cast<std::size_t>(
            std::ranges::count(sender.all<ReceiverChanged>(), phase, &ReceiverChanged::phase));
    }

    LossyLink link;
    Party& client;
    const ObjectId object = object_number(1);
};

} // namespace

BOOST_AUTO_TEST_SUITE(failure)

BOOST_AUTO_TEST_CASE(a_stopped_receiver_is_left_behind_and_the_others_finish) {
    for (const double loss : {0.0, 0.05}) {
        World world{{.loss = loss, .buffer = 500}}; // the rest of it overflows while it is stopped
        Party& a = world.link.add_node(1);
        Party& b = world.link.add_node(2);
        Party& stopped = world.link.add_node(3);
        const Payload payload = random_payload(3'000'000);
        world.send(world.client, world.spec(payload, {&a, &b, &stopped}));
        BOOST_TEST_REQUIRE(
            world.link.run([&] { return a.transfers.received_bytes(world.object) > 1'000'000; }));
        world.link.stop(stopped);
        const TimePoint stop = world.link.now;
        BOOST_TEST_REQUIRE(
            world.link.run([&] { return world.phases(world.client, ReceiverPhase::left_behind) == 1; }));
        // It alone keeps the others waiting.
        BOOST_TEST((world.link.now - stop >= limits::hold_max));
        BOOST_TEST((world.link.now - stop < limits::left_behind_after));
        BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }));
        BOOST_TEST(world.client.all<SendFinished>()[0].complete.size() == 2U);
        BOOST_TEST(holds(a, world.object, payload));
        BOOST_TEST(holds(b, world.object, payload));

        // Its client has left meanwhile; a holder has it.
        world.link.kill(world.client);
        world.link.resume(stopped);
        world.link.run_for(50ms);
        BOOST_TEST_REQUIRE(!stopped.transfers.find(world.object));
        const std::uint64_t had = stopped.transfers.received_bytes(world.object);
        BOOST_TEST(had > 1'000'000U);
        world.answer_fetch(a, stopped);
        BOOST_TEST_REQUIRE(world.link.run([&] { return !a.all<SendFinished>().empty(); }));
        BOOST_TEST(holds(stopped, world.object, payload));
        if (loss == 0.0) {
            BOOST_TEST(a.transfers.counters().data_sent * ethernet_segment <=
                       3'000'000 - had + ethernet_segment);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_receiver_that_was_never_there_does_not_stop_the_others) {
    World world;
    Party& a = world.link.add_node(1);
    Party& absent = world.link.add_node(2);
    world.link.kill(absent);
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{100}, std::size_t{500'000}}) {
        const std::size_t before = world.client.all<SendFinished>().size();
        SendSpec spec = world.spec(random_payload(bytes), {&a, &absent});
        spec.object = object_number(static_cast<std::uint32_t>(10 + bytes));
        world.send(world.client, spec);
        BOOST_TEST_REQUIRE(
            world.link.run([&] { return world.client.all<SendFinished>().size() > before; }, 400ms));
        BOOST_TEST((world.client.all<SendFinished>().back().complete == std::vector{a.id}));
        BOOST_TEST(holds(a, spec.object, spec.bytes));
    }
}

BOOST_AUTO_TEST_CASE(a_lost_member_leaves_the_credit_set_at_once) {
    World world;
    Party& a = world.link.add_node(1);
    Party& b = world.link.add_node(2);
    world.link.kill(b);
    world.send(world.client, world.spec(random_payload(500'000), {&a, &b}));
    world.link.run_for(5ms);
    world.link.act(world.client, [&](Transfers& t, TimePoint now, wire::Outbox& out) {
        t.on_receiver_gone(now, b.id.session, out);
    });
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }, 50ms));
    BOOST_TEST((world.client.all<SendFinished>()[0].complete == std::vector{a.id}));
    BOOST_TEST(world.phases(world.client, ReceiverPhase::left_behind) == 0U);
}

BOOST_AUTO_TEST_CASE(a_live_receiver_is_not_left_behind_however_long_the_object_takes) {
    World world{{.loss = 0.1, .delay = 3ms, .jitter = 1ms, .transmit = 200us}};
    Party& a = world.link.add_node(1);
    Party& b = world.link.add_node(2);
    world.send(world.client, world.spec(random_payload(3'000'000), {&a, &b}));
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }));
    BOOST_TEST(world.client.all<SendFinished>()[0].complete.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_sender_that_slept_accuses_nobody) {
    World world;
    Party& a = world.link.add_node(1);
    world.send(world.client, world.spec(random_payload(2'000'000), {&a}));
    world.link.run_for(3ms);
    world.link.stop(world.client);
    world.link.run_for(5s);
    world.link.resume(world.client);
    world.link.act(world.client,
                   [&](Transfers& t, TimePoint now, wire::Outbox& out) { t.on_deadline(now, out); });
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }));
    BOOST_TEST(world.phases(world.client, ReceiverPhase::left_behind) == 0U);
    BOOST_TEST(world.client.all<SendFinished>()[0].complete.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_late_receiver_is_repaired_while_the_sender_lingers) {
    World world;
    Party& a = world.link.add_node(1);
    Party& late = world.link.add_node(2);
    const Payload payload =
        random_payload(200'000); // within the window: all of it waits in the late one's socket
    world.send(world.client, world.spec(payload, {&a, &late}));
    BOOST_TEST_REQUIRE(world.link.run([&] { return late.transfers.receiving(world.object); }));
    world.link.stop(late);
    world.link.filter = [n = 0](const Party&, const wire::Outgoing& item) mutable {
        return !std::holds_alternative<wire::Data>(item.message) ||
               ++n % 10 != 0; // every tenth is lost for both
    };
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }));
    BOOST_TEST((world.client.all<SendFinished>()[0].complete == std::vector{a.id}));
    world.link.resume(late);
    BOOST_TEST_REQUIRE(world.link.run([&] { return holds(late, world.object, payload); }, 1s));
    BOOST_TEST(world.link.run([&] { return world.phases(world.client, ReceiverPhase::complete) == 2; }, 1s));
    BOOST_TEST(world.client.all<SendFinished>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_holder_finishes_what_a_dead_sender_began) {
    for (const double loss : {0.0, 0.1, 0.3}) {
        World world{{.seed = 3, .loss = loss, .duplicate = 0.02, .jitter = 100us}};
        Party& a = world.link.add_node(1);
        Party& b = world.link.add_node(2);
        const Payload payload = random_payload(1'000'000);
        world.send(world.client, world.spec(payload, {&b})); // a got the object in some other way
        BOOST_TEST_REQUIRE(
            world.link.run([&] { return b.transfers.received_bytes(world.object) > 300'000; }));
        world.link.kill(world.client);
        world.link.run_for(200ms);
        BOOST_TEST(b.transfers.receiving(world.object));
        SendSpec spec = world.spec(payload, {});
        spec.unicast_to = b.id.session;
        spec.repairs_only = true;
        world.send(a, spec);
        BOOST_TEST_REQUIRE(world.link.run([&] { return !a.all<SendFinished>().empty(); }));
        BOOST_TEST(holds(b, world.object, payload));
        BOOST_TEST(b.all<ObjectComplete>().size() == 1U);
        BOOST_TEST((b.all<ObjectComplete>()[0].from == a.id.session));
    }
}

BOOST_AUTO_TEST_CASE(a_joiner_is_not_added_but_fetches_all_of_it) {
    World world{{.loss = 0.05}};
    Party& a = world.link.add_node(1);
    Party& joiner = world.link.add_node(2);
    const Payload payload = random_payload(400'000);
    world.send(world.client, world.spec(payload, {&a}));
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }));
    BOOST_TEST(!joiner.transfers.receiving(world.object));
    BOOST_TEST(joiner.transfers.counters().setups_ignored > 0U);
    BOOST_TEST(joiner.budget.used() == 0U);
    world.answer_fetch(a, joiner);
    BOOST_TEST_REQUIRE(world.link.run([&] { return !a.all<SendFinished>().empty(); }));
    BOOST_TEST(holds(joiner, world.object, payload));
}

BOOST_AUTO_TEST_CASE(a_resubmission_sends_only_what_somebody_misses) {
    World world;
    Party& a = world.link.add_node(1);
    Party& b = world.link.add_node(2);
    const Payload payload = random_payload(500'000);
    world.send(world.client, world.spec(payload, {&a, &b}));
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }));
    world.client.transfers.forget(world.object);
    SendSpec again = world.spec(payload, {&a, &b});
    again.repairs_only = true;
    const std::uint64_t before = world.client.transfers.counters().data_sent;
    world.send(world.client, again);
    BOOST_TEST_REQUIRE(world.link.run([&] { return world.client.all<SendFinished>().size() == 2; }));
    BOOST_TEST(world.client.transfers.counters().data_sent == before);
    BOOST_TEST(world.client.all<SendFinished>()[1].complete.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_full_node_says_busy_and_the_others_finish) {
    World world;
    Party& a = world.link.add_node(1);
    Party& full = world.link.add_node(2, 1'000'000);
    const auto held = MemoryReservation::take(full.budget, 800'000);
    const Payload payload = random_payload(300'000);
    world.send(world.client, world.spec(payload, {&a, &full}));
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }, 90ms));
    BOOST_TEST((world.client.all<SendFinished>()[0].complete == std::vector{a.id}));
    BOOST_TEST(world.phases(world.client, ReceiverPhase::busy) == 1U);
    BOOST_TEST(full.budget.used() == 800'000U);
    BOOST_TEST(!full.transfers.receiving(world.object));
}

BOOST_AUTO_TEST_CASE(when_everybody_is_busy_the_transfer_ends_without_data) {
    World world;
    Party& full = world.link.add_node(1, 1'000'000);
    const auto held = MemoryReservation::take(full.budget, 800'000);
    world.link.filter = [](const Party&, const wire::Outgoing& item) {
        return !std::holds_alternative<wire::Data>(item.message);
    };
    world.send(world.client, world.spec(random_payload(300'000), {&full}));
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }));
    BOOST_TEST(world.client.all<SendFinished>()[0].complete.empty());
}

BOOST_AUTO_TEST_CASE(data_waits_for_a_busy_leader_until_it_has_memory) {
    World world{{.loss = 0.02}};
    Party& a = world.link.add_node(1);
    Party& leader = world.link.add_node(2, 1'000'000);
    auto held = MemoryReservation::take(leader.budget, 800'000);
    const Payload payload = random_payload(300'000);
    SendSpec spec = world.spec(payload, {&a, &leader});
    spec.essential = leader.id.node;
    world.send(world.client, spec);
    world.link.run_for(3s);
    BOOST_TEST(world.client.all<SendFinished>().empty());
    BOOST_TEST(world.client.transfers.counters().data_sent <= limits::credit_window_first);
    BOOST_TEST(world.client.transfers.counters().setups_sent < 50U); // every 100 ms, not in a loop
    BOOST_TEST(world.phases(world.client, ReceiverPhase::left_behind) == 0U);

    held.reset();
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }, 1s));
    BOOST_TEST(world.client.all<SendFinished>()[0].complete.size() == 2U);
    BOOST_TEST(holds(leader, world.object, payload));
    BOOST_TEST(holds(a, world.object, payload));
}

BOOST_AUTO_TEST_CASE(a_new_leader_ends_the_wait_for_the_busy_one) {
    World world;
    Party& a = world.link.add_node(1);
    Party& leader = world.link.add_node(2, 1'000'000);
    const auto held = MemoryReservation::take(leader.budget, 800'000);
    SendSpec spec = world.spec(random_payload(300'000), {&a, &leader});
    spec.essential = leader.id.node;
    world.send(world.client, spec);
    world.link.run_for(500ms);
    BOOST_TEST(world.client.all<SendFinished>().empty());
    world.link.act(world.client,
                   [&](Transfers& t, TimePoint, wire::Outbox&) { t.set_essential(world.object, a.id.node); });
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }, 100ms));
    BOOST_TEST((world.client.all<SendFinished>()[0].complete == std::vector{a.id}));
}

BOOST_AUTO_TEST_CASE(an_abandoned_object_is_dropped_and_paid_back) {
    World world;
    Party& a = world.link.add_node(1);
    world.send(world.client, world.spec(random_payload(2'000'000), {&a}));
    BOOST_TEST_REQUIRE(world.link.run([&] { return a.transfers.received_bytes(world.object) > 100'000; }));
    world.link.act(world.client, [&](Transfers& t, TimePoint now, wire::Outbox& out) {
        t.abandon(now, world.object, out);
    });
    BOOST_TEST_REQUIRE(world.link.run([&] { return !a.all<ObjectDropped>().empty(); }, 50ms));
    BOOST_TEST((a.all<ObjectDropped>()[0].reason == errc::cancelled));
    BOOST_TEST(a.budget.used() == 0U);
    BOOST_TEST(!a.transfers.receiving(world.object));
    BOOST_TEST((world.client.transfers.deadline() == never));
    BOOST_TEST(world.client.all<SendFinished>().empty());
}

BOOST_AUTO_TEST_CASE(an_abandoned_object_stays_when_another_sender_goes_on) {
    World world;
    Party& a = world.link.add_node(1);
    Party& b = world.link.add_node(2);
    const Payload payload = random_payload(1'000'000);
    world.send(world.client, world.spec(payload, {&b}));
    BOOST_TEST_REQUIRE(world.link.run([&] { return b.transfers.received_bytes(world.object) > 100'000; }));
    SendSpec spec = world.spec(payload, {&b});
    spec.repairs_only = true;
    world.send(a, spec);
    world.link.run_for(1ms);
    world.link.act(world.client, [&](Transfers& t, TimePoint now, wire::Outbox& out) {
        t.abandon(now, world.object, out);
    });
    BOOST_TEST_REQUIRE(world.link.run([&] { return holds(b, world.object, payload); }, 1s));
    BOOST_TEST(b.all<ObjectDropped>().empty());
}

BOOST_AUTO_TEST_CASE(an_assembly_that_nobody_feeds_is_dropped_after_its_time) {
    World world;
    Party& a = world.link.add_node(1);
    world.send(world.client, world.spec(random_payload(1'000'000), {&a}));
    BOOST_TEST_REQUIRE(world.link.run([&] { return a.transfers.received_bytes(world.object) > 100'000; }));
    world.link.kill(world.client);
    world.link.run_for(limits::assembly_abandoned_after - 1s);
    BOOST_TEST(a.transfers.receiving(world.object));
    world.link.run_for(3s);
    BOOST_TEST(!a.transfers.receiving(world.object));
    BOOST_TEST_REQUIRE(a.all<ObjectDropped>().size() == 1U);
    BOOST_TEST((a.all<ObjectDropped>()[0].reason == errc::lost));
    BOOST_TEST(a.budget.used() == 0U);
    BOOST_TEST((a.transfers.deadline() == never));
}

BOOST_AUTO_TEST_CASE(a_whole_object_stays_until_it_is_released) {
    World world;
    Party& a = world.link.add_node(1, plenty);
    const Payload payload = random_payload(100'000);
    world.send(world.client, world.spec(payload, {&a}));
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }));
    world.link.run_for(limits::assembly_abandoned_after * 3);
    BOOST_TEST(holds(a, world.object, payload));
    a.transfers.release(world.object);
    BOOST_TEST(!a.transfers.find(world.object));
    BOOST_TEST(a.budget.used() == 0U);
}

BOOST_AUTO_TEST_CASE(a_lost_last_report_is_asked_for_again_even_after_release) {
    World world;
    Party& a = world.link.add_node(1);
    world.link.filter = [&](const Party&, const wire::Outgoing& item) {
        const auto* report = std::get_if<wire::Report>(&item.message);
        return report == nullptr || report->state != wire::ReceiverState::complete;
    };
    world.send(world.client, world.spec(random_payload(10'000), {&a}));
    BOOST_TEST_REQUIRE(world.link.run([&] { return a.all<ObjectComplete>().size() == 1; }));
    a.transfers.release(world.object);
    world.link.filter = nullptr;
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }, 50ms));
    BOOST_TEST(world.client.all<SendFinished>()[0].complete.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_receiver_that_releases_a_partial_object_leaves_the_set) {
    World world;
    Party& a = world.link.add_node(1);
    Party& b = world.link.add_node(2);
    world.send(world.client, world.spec(random_payload(2'000'000), {&a, &b}));
    BOOST_TEST_REQUIRE(world.link.run([&] { return a.transfers.received_bytes(world.object) > 100'000; }));
    a.transfers.release(world.object);
    BOOST_TEST(a.budget.used() == 0U);
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }));
    BOOST_TEST((world.client.all<SendFinished>()[0].complete == std::vector{b.id}));
    BOOST_TEST(world.phases(world.client, ReceiverPhase::refused) == 1U);
}

BOOST_AUTO_TEST_CASE(a_receiver_whose_data_never_comes_through_is_left_behind) {
    World world;
    Party& a = world.link.add_node(1);
    world.link.filter = [](const Party&, const wire::Outgoing& item) {
        return !std::holds_alternative<wire::Data>(item.message); // too large for the path, say
    };
    world.send(world.client, world.spec(random_payload(200'000), {&a}));
    BOOST_TEST_REQUIRE(world.link.run([&] { return !world.client.all<SendFinished>().empty(); }, 3s));
    BOOST_TEST(world.client.all<SendFinished>()[0].complete.empty());
    BOOST_TEST(world.phases(world.client, ReceiverPhase::left_behind) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
