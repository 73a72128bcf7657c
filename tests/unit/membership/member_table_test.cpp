#include "membership/member_table.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::membership;
using namespace std::chrono_literals;
using wire::MemberState;

namespace {

constexpr TimePoint start{1h};

SessionId session(std::uint8_t number) {
    SessionId id;
    id.bytes.fill(std::byte{number});
    return id;
}

wire::Introduction introduction(std::uint32_t node, std::uint64_t incarnation = 1, Duration uptime = 10s) {
    return {.role = wire::Role::node,
            .node = NodeId{node},
            .incarnation = incarnation,
            .uptime_ms = static_cast<std::uint64_t>(to_ms(uptime)),
            .version = "0.1.0",
            .api = "127.0.0.1:3000"};
}

wire::Heartbeat beat(std::uint32_t node) { return {.node = NodeId{node}, .epoch = {}}; }
wire::Heartbeat leader_beat(std::uint32_t node) {
    return {.node = NodeId{node}, .epoch = {}, .leading = true};
}

struct Table : MemberTable {
    Change joins(std::uint8_t s, const wire::Introduction& who) {
        return on_introduction(now, session(s), who);
    }
    Change beats(std::uint8_t s, const wire::Heartbeat& beat) { return on_heartbeat(now, session(s), beat); }
    TimePoint now = start;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(member_table, Table)

BOOST_AUTO_TEST_CASE(members_are_found_by_id_and_by_session_and_listed_in_order) {
    BOOST_TEST((joins(30, introduction(3)).kind == ChangeKind::joined));
    joins(10, introduction(1));
    joins(20, introduction(2));
    BOOST_TEST((alive() == std::vector<NodeId>{NodeId{1}, NodeId{2}, NodeId{3}}));
    BOOST_TEST_REQUIRE(members().size() == 3U);
    BOOST_TEST((members()[0].node == NodeId{1}));
    BOOST_TEST_REQUIRE(find(NodeId{2}) != nullptr);
    BOOST_TEST((find(NodeId{2})->session == session(20)));
    BOOST_TEST(find(NodeId{2})->api == "127.0.0.1:3000");
    BOOST_TEST((find(session(30))->node == NodeId{3}));
    BOOST_TEST(find(NodeId{4}) == nullptr);
    BOOST_TEST(find(session(40)) == nullptr);
}

BOOST_AUTO_TEST_CASE(clients_and_nameless_nodes_are_no_members) {
    wire::Introduction client = introduction(1);
    client.role = wire::Role::client;
    BOOST_TEST((joins(10, client).kind == ChangeKind::none));
    BOOST_TEST((joins(10, introduction(0)).kind == ChangeKind::none));
    BOOST_TEST((joins(0, introduction(1)).kind == ChangeKind::none));
    BOOST_TEST(members().empty());
}

BOOST_AUTO_TEST_CASE(an_introduction_again_updates_and_changes_nothing) {
    joins(10, introduction(1));
    now += 1s;
    wire::Introduction moved = introduction(1);
    moved.api = "127.0.0.1:3001";
    BOOST_TEST((joins(10, moved).kind == ChangeKind::none));
    BOOST_TEST(find(NodeId{1})->api == "127.0.0.1:3001");
    BOOST_TEST((find(NodeId{1})->heard == now));
    BOOST_TEST((find(NodeId{1})->joined == start));
}

BOOST_AUTO_TEST_CASE(a_heartbeat_tells_role_and_load) {
    joins(10, introduction(1));
    BOOST_TEST(!find(NodeId{1})->told);
    now += 20ms;
    beats(10, {.node = NodeId{1}, .epoch = {}, .leading = true, .load = 700, .tasks = 3});
    const Member& m = *find(NodeId{1});
    BOOST_TEST(m.told);
    BOOST_TEST(m.leading);
    BOOST_TEST(m.load == 700);
    BOOST_TEST(m.tasks == 3);
    BOOST_TEST((m.heard == now));
}

BOOST_AUTO_TEST_CASE(what_a_load_is_made_of_is_kept_for_one_life_and_is_never_above_100) {
    joins(10, introduction(1));
    BOOST_TEST(!find(NodeId{1})->load_parts.has_value());
    on_load_parts(session(10), {NodeId{1}, 42, 255});
    BOOST_TEST_REQUIRE(find(NodeId{1})->load_parts.has_value());
    BOOST_TEST(find(NodeId{1})->load_parts->cpu_percent == 42);
    BOOST_TEST(find(NodeId{1})->load_parts->memory_percent == 100);
    now += 10s;
    joins(11, introduction(1, 2));
    BOOST_TEST(!find(NodeId{1})->load_parts.has_value());
}

BOOST_AUTO_TEST_CASE(nobody_tells_the_load_of_another) {
    joins(10, introduction(1));
    joins(20, introduction(2));
    on_load_parts(session(20), {NodeId{1}, 42, 61});
    on_load_parts(session(30), {NodeId{3}, 42, 61});
    BOOST_TEST(!find(NodeId{1})->load_parts.has_value());
    BOOST_TEST(members().size() == 2U);
}

BOOST_AUTO_TEST_CASE(heartbeats_of_strangers_and_under_another_id_are_ignored) {
    joins(10, introduction(1));
    joins(20, introduction(2));
    beats(30, leader_beat(1));
    beats(20, leader_beat(1));
    beats(30, leader_beat(3));
    BOOST_TEST(!find(NodeId{1})->leading);
    BOOST_TEST(members().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_suspect_is_alive_and_the_gone_are_not) {
    joins(10, introduction(1));
    joins(20, introduction(2));
    beats(20, leader_beat(2));
    mark(NodeId{1}, MemberState::suspect);
    mark(NodeId{2}, MemberState::gone);
    mark(NodeId{9}, MemberState::gone); // unknown
    BOOST_TEST((alive() == std::vector<NodeId>{NodeId{1}}));
    BOOST_TEST(!find(NodeId{2})->leading);
    BOOST_TEST((beats(10, beat(1)).kind == ChangeKind::none));
    BOOST_TEST((find(NodeId{1})->state == MemberState::alive));
}

BOOST_AUTO_TEST_CASE(who_was_gone_joins_again_in_the_same_life_by_any_sign) {
    joins(10, introduction(1));
    mark(NodeId{1}, MemberState::gone);
    now += 1s;
    BOOST_TEST((beats(10, beat(1)).kind == ChangeKind::joined));
    BOOST_TEST((find(NodeId{1})->joined == now));
    mark(NodeId{1}, MemberState::gone);
    BOOST_TEST((joins(10, introduction(1)).kind == ChangeKind::joined));
    mark(NodeId{1}, MemberState::gone);
    now += 1s;
    BOOST_TEST((on_heard(now, session(11)).kind == ChangeKind::none)); // a stranger
    BOOST_TEST((on_heard(now, session(10)).kind == ChangeKind::joined));
    BOOST_TEST((find(NodeId{1})->heard == now));
    BOOST_TEST((on_heard(now, session(10)).kind == ChangeKind::none));
}

BOOST_AUTO_TEST_CASE(a_higher_incarnation_replaces_a_life_that_still_seems_alive) {
    joins(10, introduction(1, 1));
    beats(10, leader_beat(1));
    now += 60ms; // three beats missed
    const Change change = joins(11, introduction(1, 2, 0s));
    BOOST_TEST((change.kind == ChangeKind::rejoined));
    BOOST_TEST((change.replaced == session(10)));
    BOOST_TEST((find(NodeId{1})->session == session(11)));
    BOOST_TEST(!find(NodeId{1})->leading); // the new life has not said so
    BOOST_TEST(find(session(10)) == nullptr);
    BOOST_TEST(members().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_second_program_with_the_leaders_id_does_not_unseat_it) {
    joins(10, introduction(1, 1));
    beats(10, leader_beat(1));
    now += 59ms;
    BOOST_TEST((joins(11, introduction(1, 2, 0s)).kind == ChangeKind::duplicate));
    BOOST_TEST((find(NodeId{1})->session == session(10)));
    BOOST_TEST(find(NodeId{1})->leading);
}

BOOST_AUTO_TEST_CASE(a_node_that_lost_its_disk_replaces_a_life_that_is_gone_suspect_or_silent) {
    joins(10, introduction(1, 7));
    mark(NodeId{1}, MemberState::gone);
    BOOST_TEST((joins(11, introduction(1, 1)).kind == ChangeKind::rejoined));
    mark(NodeId{1}, MemberState::suspect);
    BOOST_TEST((joins(12, introduction(1, 1)).kind == ChangeKind::rejoined));
    now += 2s;
    BOOST_TEST((joins(13, introduction(1, 1)).kind == ChangeKind::duplicate));
    now += 1ns;
    BOOST_TEST((joins(13, introduction(1, 1)).kind == ChangeKind::rejoined));
}

BOOST_AUTO_TEST_CASE(of_two_live_nodes_with_one_id_the_younger_goes) {
    joins(10, introduction(1, 5, 60s));
    now += 1s;
    Change change = joins(11, introduction(1, 5, 2s));
    BOOST_TEST((change.kind == ChangeKind::duplicate));
    BOOST_TEST((change.goes == session(11)));
    BOOST_TEST((find(NodeId{1})->session == session(10))); // nothing changed
    change = joins(12, introduction(1, 5, 3600s));
    BOOST_TEST((change.goes == session(10)));
}

BOOST_AUTO_TEST_CASE(started_together_the_lower_session_goes_whoever_asks) {
    const Instance a{session(10), 5000ms};
    const Instance b{session(11), 5100ms};
    BOOST_TEST((younger(a, b) == session(10)));
    BOOST_TEST((younger(b, a) == session(10)));
    const Instance clearly_older{session(9), 5201ms};
    BOOST_TEST((younger(b, clearly_older) == session(11)));
    BOOST_TEST((younger(clearly_older, b) == session(11)));
}

BOOST_AUTO_TEST_CASE(an_absurd_uptime_is_only_very_old) {
    wire::Introduction ancient = introduction(1);
    ancient.uptime_ms = ~std::uint64_t{0};
    joins(10, ancient);
    BOOST_TEST((joins(11, introduction(1)).goes == session(11)));
}

BOOST_AUTO_TEST_CASE(the_gone_are_shown_for_a_minute_and_the_live_for_ever) {
    joins(10, introduction(1));
    joins(20, introduction(2));
    mark(NodeId{1}, MemberState::gone);
    expire(now + 60s);
    BOOST_TEST(members().size() == 2U);
    expire(now + 60s + 1ns);
    BOOST_TEST(members().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_full_table_takes_a_newcomer_only_for_the_longest_gone) {
    for (std::uint32_t id = 1; id <= limits::members_max; ++id, now += 1ms) {
        joins(static_cast<std::uint8_t>(id), introduction(id));
    }
    SessionId newcomer = session(1);
    newcomer.bytes[0] = std::byte{0xff};
    BOOST_TEST((on_introduction(now, newcomer, introduction(1000)).kind == ChangeKind::none));
    mark(NodeId{9}, MemberState::gone);
    mark(NodeId{7}, MemberState::gone);
    BOOST_TEST((on_introduction(now, newcomer, introduction(1000)).kind == ChangeKind::joined));
    BOOST_TEST(members().size() == limits::members_max);
    BOOST_TEST(find(NodeId{7}) == nullptr);
    BOOST_TEST(find(NodeId{9}) != nullptr);
    BOOST_TEST((joins(5, introduction(5)).kind == ChangeKind::none)); // the known are still heard
}

BOOST_AUTO_TEST_SUITE_END()
