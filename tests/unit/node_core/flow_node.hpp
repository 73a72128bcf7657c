// One node's share in its tasks without the rest of a node: it is told what others say, and everything it
// says is kept. Whole clusters are played in tests/scenario and tests/sim.
#pragma once

#include "node_core/task_flow.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <variant>

namespace cp::node::test {

using namespace std::chrono_literals;

inline constexpr NodeId self{1};
inline constexpr NodeId leader{3};
inline constexpr NodeId third{2};
inline const Epoch epoch{5, leader, 1};

inline SessionId session(int number) {
    SessionId s;
    s.bytes[0] = static_cast<std::byte>(number);
    return s;
}
inline const SessionId client = session(100);

inline wire::TaskHeader header(std::uint32_t number) {
    wire::TaskHeader h;
    h.task = {ClientId{7}, number};
    h.reply_to = client;
    h.user = "alice";
    return h;
}
inline TaskId id(std::uint32_t number) { return header(number).task; }

// Node 1 with its members 2 and 3; everything it says is kept.
struct Node {
    explicit Node(tasks::DispatchPolicy policy = tasks::DispatchPolicy::leader)
        : flow{{.self = self, .dispatch = policy, .segment_bytes = 1400}, transfers, members} {
        join(third);
        join(leader);
    }
    void join(NodeId node) {
        wire::Introduction who;
        who.node = node;
        who.incarnation = 1;
        (void)members.on_introduction(now, session(static_cast<int>(node.value)), who);
    }
    void follow() { flow.follow(now, leader, epoch, out); }
    void lead() {
        flow.lead(now, Epoch{6, self, 1}, out);
        for (NodeId node : {third, leader}) say(node, wire::LedgerSummary{Epoch{6, self, 1}, node, 0, {}});
        BOOST_REQUIRE(flow.serving());
        out.clear();
    }
    void receive(std::uint32_t number, std::uint64_t work_bytes = 0) {
        const Payload upload = wire::make_object(wire::object_prefix(header(number)), {});
        wire::Setup setup;
        setup.transfer = {number};
        setup.object = {id(number), ObjectKind::upload};
        setup.total_bytes = upload.size();
        setup.segment_bytes = 1400;
        setup.work_bytes = work_bytes;
        transfers.on_setup(now, client, setup, out);
        transfers.on_data(now, client, number, {setup.transfer, 0, false, upload.view()}, out);
        flow.on_object_complete(now, client, setup.object, out);
    }
    void say(NodeId from, const auto& message) {
        const SessionId who = session(static_cast<int>(from.value));
        (void)members.on_heard(now, who);
        flow.on_message(now, who, message, out);
    }
    void assign(std::uint32_t number, const Epoch& in = epoch, NodeId worker = self) {
        say(leader, wire::TaskAssign{id(number), in, worker});
    }
    void finish(std::uint32_t number) {
        flow.on_work_done(now, id(number),
                          wire::make_object(wire::object_prefix(wire::ResultHeader{id(number), {}}), {}),
                          out);
    }
    void wait(Duration d) {
        now += d;
        flow.on_deadline(now, out);
    }
    // How many of that kind it has said since the last question.
    template <class M>
    std::size_t said() {
        const auto count = std::ranges::count_if(
            out.items(), [](const auto& item) { return std::holds_alternative<M>(item.message); });
        return static_cast<std::size_t>(count);
    }
    // Transfers it has begun since the last question; each Setup goes out more than once.
    std::size_t transfers_begun() {
        std::set<wire::TransferId> begun;
        for (const auto& item : out.items()) {
            if (const auto* setup = std::get_if<wire::Setup>(&item.message)) begun.insert(setup->transfer);
        }
        return begun.size();
    }
    template <class E>
    std::size_t happened() {
        const auto events = flow.take_events();
        return static_cast<std::size_t>(
            std::ranges::count_if(events, [](const auto& e) { return std::holds_alternative<E>(e); }));
    }

    TimePoint now = TimePoint{} + 1h;
    transfer::MemoryBudget budget{1U << 20U};
    transfer::Transfers transfers{{}, budget, now};
    membership::MemberTable members;
    wire::Outbox out;
    TaskFlow flow;
};

} // namespace cp::node::test
