#include "client_core/client_core.hpp"
#include "support/party.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace cp;
using namespace cp::client;
using namespace std::chrono_literals;

namespace {

// A client that has heard of one node.
struct World {
    World() {
        node.self = test::identity(2);
        wire::Introduction who;
        who.role = wire::Role::node;
        who.node = NodeId{5};
        who.incarnation = 1;
        tell(node.multicast(wire::Announce{who}));
        for (const auto& item : asked()) { // its challenge
            const auto opened = node.hear(now, item, test::endpoint(1));
            (void)opened;
        }
        for (const auto& said : node.sealed()) tell(said.bytes);
        tell(node.multicast(wire::Announce{who}));
        BOOST_REQUIRE(state() == wire::MemberState::alive);
        out.clear();
    }
    std::vector<Bytes> asked() {
        std::vector<Bytes> datagrams;
        for (const auto& item : out.items()) {
            Bytes bytes(limits::datagram_max);
            bytes.resize(sealer.seal(item, bytes));
            datagrams.push_back(std::move(bytes));
        }
        out.clear();
        return datagrams;
    }
    void tell(Bytes datagram) { core.on_datagram(now, datagram, node.at, out); }
    wire::MemberState state() {
        const auto* member = core.members().find(NodeId{5});
        return member != nullptr ? member->state : wire::MemberState::gone;
    }

    TimePoint now = TimePoint{} + 1h;
    wire::Outbox out;
    test::Party node{2};
    wire::Identity self = test::identity(1);
    wire::Sealer sealer{self};
    ClientCore core{ClientConfig{.identity = self, .version = "1"}, now};
};

} // namespace

BOOST_AUTO_TEST_SUITE(client_core)

// It left by the control lane while a word on another one waited in its socket.
BOOST_AUTO_TEST_CASE(what_a_node_said_before_it_left_does_not_bring_it_back) {
    World w;
    w.node.out.to(w.self.session, wire::ProbeAck{1});
    const auto late = w.node.sealed();
    w.tell(w.node.multicast(wire::Leave{NodeId{5}}));
    BOOST_TEST((w.state() == wire::MemberState::gone));
    w.tell(late.front().bytes);
    BOOST_TEST((w.state() == wire::MemberState::gone));
}

BOOST_AUTO_TEST_CASE(who_leaves_says_so_of_each_task_that_is_open) {
    World w;
    for (std::uint32_t number = 1; number <= 3; ++number)
        w.core.submit(w.now, TaskId{ClientId{7}, number}, Payload{Bytes(1000)}, 0, w.out);
    w.out.clear();
    w.core.leave(w.now, w.out);
    std::set<std::uint32_t> ended;
    for (const auto& item : w.out.items())
        if (const auto* ack = std::get_if<wire::TaskAck>(&item.message)) {
            BOOST_TEST((ack->task.client == ClientId{7}));
            ended.insert(ack->task.number);
        }
    BOOST_TEST((ended == std::set<std::uint32_t>{1, 2, 3}));
    BOOST_TEST(w.core.open_tasks().empty());
}

BOOST_AUTO_TEST_SUITE_END()
