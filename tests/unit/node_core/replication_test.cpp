#include "node_core/replication.hpp"
#include "unit/node_core/flow_node.hpp"
#include "wire/objects.hpp"

using namespace cp;
using namespace cp::node;
using namespace cp::node::test;

BOOST_AUTO_TEST_SUITE(replication)

// A disk that is slower than the network must slow its senders, not fill memory.
BOOST_AUTO_TEST_CASE(what_is_not_stored_yet_counts_against_the_budget) {
    Node n;
    Replication copies{self, ClientId{1}, 1400, n.transfers, n.members};
    const Payload object = wire::make_object(
        wire::object_prefix(wire::StoredHeader{wire::StoreOp::put, 9, "users/a"}), Bytes(500));
    const auto arrive = [&](std::uint32_t number) {
        wire::Setup setup;
        setup.transfer = {number};
        setup.object = {TaskId{ClientId{4}, number}, ObjectKind::stored};
        setup.total_bytes = object.size();
        setup.segment_bytes = 1400;
        copies.on_setup(n.now, session(2), setup, n.out);
        n.transfers.on_data(n.now, session(2), number, {setup.transfer, 0, false, object.view()}, n.out);
        for (const auto& event : n.transfers.take_events())
            if (const auto* complete = std::get_if<transfer::ObjectComplete>(&event))
                copies.on_complete(*complete);
    };
    const std::uint64_t empty = n.budget.used();
    arrive(1);
    arrive(2);
    const auto received = copies.take_received();
    BOOST_REQUIRE(received.size() == 2U);
    BOOST_TEST(n.budget.used() >= empty + 2 * object.size());
    for (const auto& stored : received) copies.release(stored.id);
    BOOST_TEST(n.budget.used() == empty);
    arrive(1); // said again: it has it
    BOOST_TEST(copies.take_received().empty());
}

BOOST_AUTO_TEST_SUITE_END()
