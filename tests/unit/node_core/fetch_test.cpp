// An upload that this node lacks is fetched from one holder at a time.
#include "unit/node_core/flow_node.hpp"

using namespace cp;
using namespace cp::node;
using namespace cp::node::test;

BOOST_AUTO_TEST_SUITE(fetching)

BOOST_AUTO_TEST_CASE(while_one_holder_sends_no_other_is_asked_however_long_it_takes) {
    Node n;
    const Epoch ours{6, self, 1};
    n.flow.lead(n.now, ours, n.out);
    wire::LedgerEntry held;
    held.task = id(1);
    held.stage = wire::TaskStage::held;
    for (const NodeId node : {third, leader}) n.say(node, wire::LedgerSummary{ours, node, 1, {held}});
    n.out.clear();
    n.wait(0ms);
    BOOST_TEST(n.said<wire::Fetch>() == 1U);

    constexpr std::uint32_t segments = 700; // 7 s at 10 ms each
    wire::Setup setup;
    setup.transfer = {77};
    setup.object = {id(1), ObjectKind::upload};
    setup.total_bytes = segments * 1000;
    setup.segment_bytes = 1000;
    n.flow.on_setup(n.now, session(2), setup, n.out);
    n.out.clear();
    const Bytes segment(1000);
    for (std::uint32_t s = 0; s + 100 < segments; ++s) {
        n.transfers.on_data(n.now, session(2), 1000 + s, {setup.transfer, s, false, segment}, n.out);
        n.wait(10ms);
    }
    BOOST_TEST(n.said<wire::Fetch>() == 0U);
    n.out.clear();
    n.flow.on_message(n.now, session(3), wire::TaskQuery{id(1)}, n.out);
    BOOST_TEST(n.said<wire::TaskState>() == 1U);
    for (const auto& item : n.out.items())
        if (const auto* state = std::get_if<wire::TaskState>(&item.message))
            BOOST_TEST((state->stage == wire::TaskStage::receiving));

    n.out.clear();
    n.wait(150ms); // it fell silent
    n.wait(100ms);
    BOOST_TEST(n.said<wire::Fetch>() >= 1U);
}

BOOST_AUTO_TEST_SUITE_END()
