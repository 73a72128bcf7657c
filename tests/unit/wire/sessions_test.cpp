// Who is believed, and what a recording can do. docs/protocol.md, "Sessions".
#include "base/check.hpp"
#include "outcome.hpp"
#include "support/party.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::test;
using namespace cp::wire;
using namespace std::chrono_literals;

namespace {

const TimePoint start{1h};
const Heartbeat beat{.node = NodeId{1}, .epoch = {}};

// The type of each datagram, as it stands in the clear.
std::vector<MessageType> types_of(const std::vector<Datagram>& datagrams) {
    std::vector<MessageType> types;
    types.reserve(datagrams.size());
    for (const Datagram& d : datagrams) types.push_back(static_cast<MessageType>(d.bytes[3]));
    return types;
}
bool says(const std::vector<Datagram>& datagrams, const std::vector<MessageType>& types) {
    return types_of(datagrams) == types;
}

// Everything that `who` says to `to` while they introduce themselves and talk for a while.
std::vector<Bytes> recorded_life(Party& who, Party& to) {
    std::vector<Bytes> tape{who.multicast(Announce{})};
    [[maybe_unused]] const auto unproven = to.hear(start, tape.back(), who);
    for (int turn = 0; turn < 3; ++turn) {
        for (const Datagram& d : to.sealed()) {
            [[maybe_unused]] const auto heard = who.hear(start, d.bytes, to);
        }
        for (Datagram& d : who.sealed()) {
            [[maybe_unused]] const auto heard = to.hear(start, d.bytes, who);
            tape.push_back(std::move(d.bytes));
        }
    }
    CP_CHECK(to.table.proven(who.self.session));
    for (int i = 0; i < 5; ++i) {
        tape.push_back(who.multicast(beat));
        tape.push_back(who.multicast_data(Data{TransferId{1}, 0, false, {}}));
        tape.push_back(who.unicast(to, Probe{7}));
    }
    return tape;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sessions)

BOOST_AUTO_TEST_CASE(two_tables_introduce_themselves_by_challenge_and_proof_and_then_talk) {
    Party a{1}, b{2};
    a.table.introduce({.role = Role::node, .node = NodeId{1}, .version = "v1", .api = {}}, start - 5s);

    BOOST_TEST(outcome(b.hear(start, a.multicast(Announce{}), a)) == "unproven");
    auto said = b.sealed();
    BOOST_TEST(says(said, {MessageType::challenge}));
    BOOST_TEST((said[0].to == a.at));

    BOOST_TEST(outcome(a.hear(start, said[0].bytes, b)) == "unproven"); // answered all the same
    said = a.sealed();
    BOOST_TEST(says(said, {MessageType::proof, MessageType::challenge}));

    const auto proof = b.hear(start, said[0].bytes, a);
    BOOST_TEST_REQUIRE(outcome(proof) == "ok");
    BOOST_TEST(proof->newly_proven);
    BOOST_TEST((proof->from == a.self.session));
    const Introduction& who = std::get<Proof>(proof->message).who;
    BOOST_TEST(who.node.value == 1U);
    BOOST_TEST(who.version == "v1");
    BOOST_TEST(who.uptime_ms == 5000U);
    BOOST_TEST(b.table.proven(a.self.session));
    BOOST_TEST(!a.table.proven(b.self.session));

    BOOST_TEST(outcome(b.hear(start, said[1].bytes, a)) == "ok");
    said = b.sealed();
    BOOST_TEST(says(said, {MessageType::proof})); // and no second challenge: a is proven already
    BOOST_TEST(outcome(a.hear(start, said[0].bytes, b)) == "ok");
    BOOST_TEST(a.table.proven(b.self.session));

    const auto heard = b.hear(start, a.multicast(beat), a);
    BOOST_TEST_REQUIRE(outcome(heard) == "ok");
    BOOST_TEST(std::get<Heartbeat>(heard->message).node.value == 1U);
    BOOST_TEST((heard->lane == Lane::control));
    BOOST_TEST(heard->number == 2U);
    BOOST_TEST(outcome(a.hear(start, b.unicast(a, Probe{9}), b)) == "ok");
    BOOST_TEST(outcome(b.hear(start, a.multicast_data(Poll{}), a)) == "ok");
    BOOST_TEST(a.out.empty());
    BOOST_TEST(b.out.empty());
}

BOOST_AUTO_TEST_CASE(until_it_is_proven_a_session_has_no_effect_but_challenge_and_proof) {
    Party a{1}, b{2};
    BOOST_TEST(outcome(b.hear(start, a.multicast(beat), a)) == "unproven");
    BOOST_TEST(outcome(b.hear(start, a.multicast_data(Poll{}), a)) == "unproven");
    BOOST_TEST(outcome(b.hear(start, a.unicast(b, TaskAck{}), a)) == "unproven");
    BOOST_TEST(outcome(b.hear(start, a.unicast(b, Challenge{}), a)) == "unproven");
    BOOST_TEST(says(b.sealed(), {MessageType::challenge, MessageType::proof}));
    BOOST_TEST(!b.table.proven(a.self.session));
}

BOOST_AUTO_TEST_CASE(a_lost_challenge_is_asked_again_but_not_at_once) {
    Party a{1}, b{2};
    const auto asks = [&](TimePoint now) {
        BOOST_TEST(outcome(b.hear(now, a.multicast(Announce{}), a)) == "unproven");
        return b.sealed().size();
    };
    BOOST_TEST(asks(start) == 1U);
    BOOST_TEST(asks(start + 9ms) == 0U);
    BOOST_TEST(asks(start + 10ms) == 1U);
    BOOST_TEST(asks(start + 19ms) == 0U);
}

BOOST_AUTO_TEST_CASE(a_recorded_old_session_replayed_to_a_restarted_node_has_no_effect) {
    Party old_peer{1}, before{2};
    const std::vector<Bytes> tape = recorded_life(old_peer, before);

    Party restarted{3};
    const Endpoint attacker{0x0a000001, 666};
    std::size_t challenges = 0;
    for (int round = 0; round < 3; ++round) {
        for (const Bytes& recording : tape) {
            const TimePoint now = start + std::chrono::seconds{round};
            BOOST_TEST(!restarted.hear(now, recording, attacker).has_value());
            for (const Datagram& d : restarted.sealed()) {
                BOOST_TEST(d.bytes.size() <= recording.size() + 16); // no amplifier
                ++challenges;
            }
        }
    }
    BOOST_TEST(!restarted.table.proven(old_peer.self.session));
    BOOST_TEST(challenges == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_live_session_multicast_before_its_proof_is_not_accepted_after_it) {
    Party leader{1}, before{2};
    introduce(start, leader, before);
    std::vector<Bytes> tape;
    for (int i = 0; i < 3; ++i) {
        tape.push_back(leader.multicast(Leave{NodeId{1}}));
        tape.push_back(leader.multicast_data(Data{TransferId{1}, 0, false, {}}));
    }
    const Bytes delayed = leader.multicast(beat);

    Party restarted{3};
    introduce(start, leader, restarted);
    for (const Bytes& recording : tape)
        BOOST_TEST(outcome(restarted.hear(start, recording, leader)) == "replayed");
    BOOST_TEST(outcome(restarted.hear(start, delayed, leader)) == "replayed");
    // What comes after the proof does.
    BOOST_TEST(outcome(restarted.hear(start, leader.multicast(beat), leader)) == "ok");
    BOOST_TEST(outcome(restarted.hear(start, leader.multicast_data(Poll{}), leader)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_second_proof_forgets_nothing_that_came_between) {
    Party a{1}, b{2};
    introduce(start, a, b);
    const Bytes between = a.multicast(beat);
    const Bytes question = b.unicast(a, Challenge{});
    BOOST_TEST(outcome(a.hear(start, question, b)) == "ok");
    const auto again = a.sealed();
    BOOST_TEST(says(again, {MessageType::proof}));
    BOOST_TEST(outcome(b.hear(start, again[0].bytes, a)) == "unproven"); // not what b's table asked
    BOOST_TEST(b.table.proven(a.self.session));
    BOOST_TEST(outcome(b.hear(start, between, a)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_forgotten_and_readmitted_session_cannot_prove_itself_with_its_recorded_proof) {
    Party peer{1}, host{2};
    BOOST_TEST(outcome(host.hear(start, peer.multicast(Announce{}), peer)) == "unproven");
    BOOST_TEST(outcome(peer.hear(start, host.sealed().at(0).bytes, host)) == "unproven");
    const Bytes proof = peer.sealed().at(0).bytes;
    BOOST_TEST(outcome(host.hear(start, proof, peer)) == "ok");
    BOOST_TEST(outcome(host.hear(start, peer.multicast(Leave{}), peer)) == "ok"); // the first to be forgotten

    for (std::uint32_t i = 100; host.table.proven(peer.self.session); ++i) {
        BOOST_TEST_REQUIRE(i < 100 + 2 * limits::sessions_max);
        Party other{i};
        [[maybe_unused]] const auto unproven = host.hear(start, other.multicast(Announce{}), other);
    }
    host.out.clear();
    const TimePoint later = start + 1s; // it may ask again, after all these
    BOOST_TEST(outcome(host.hear(later, proof, peer)) == "unproven");
    BOOST_TEST(!host.table.proven(peer.self.session));
    // But if it is alive, it is asked again, and answers.
    talk(later, host, peer);
    BOOST_TEST(host.table.proven(peer.self.session));
}

// Whoever hears of a message takes its sender for alive.
BOOST_AUTO_TEST_CASE(a_recorded_challenge_of_a_forgotten_session_is_no_message_of_it) {
    Party peer{1}, host{2};
    const Bytes challenge = peer.unicast(host, Challenge{});
    introduce(start, peer, host);
    BOOST_TEST(outcome(host.hear(start, peer.multicast(Leave{}), peer)) == "ok");
    for (std::uint32_t i = 100; host.table.proven(peer.self.session); ++i) {
        BOOST_TEST_REQUIRE(i < 100 + 2 * limits::sessions_max);
        Party other{i};
        [[maybe_unused]] const auto unproven = host.hear(start + 1min, other.multicast(Announce{}), other);
    }
    BOOST_TEST(outcome(host.hear(start + 1min, challenge, peer)) == "unproven");
}

BOOST_AUTO_TEST_CASE(a_unicast_datagram_replayed_to_another_node_does_not_open) {
    Party a{1}, b{2}, c{3};
    introduce(start, a, b);
    introduce(start, a, c);
    const Bytes to_b = a.unicast(b, TaskAck{});
    BOOST_TEST(outcome(c.hear(start, to_b, a)) == "not_authentic");
    BOOST_TEST(outcome(b.hear(start, to_b, a)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_datagram_of_one_lane_does_not_open_as_one_of_another) {
    Party a{1}, b{2};
    introduce(start, a, b);
    Bytes control;
    for (int i = 0; i < 9; ++i) control = a.multicast(beat); // a number that is new on every lane
    for (unsigned lane : {1U, 2U}) {
        Bytes moved = control;
        moved[2] = static_cast<std::byte>(protocol_version << 4U | lane);
        BOOST_TEST(outcome(b.hear(start, moved, a)) == "not_authentic");
    }
    Bytes unicast = a.unicast(b, Probe{});
    unicast[2] = static_cast<std::byte>(protocol_version << 4U);
    BOOST_TEST(outcome(b.hear(start, unicast, a)) == "not_authentic");
    BOOST_TEST(outcome(b.hear(start, control, a)) == "ok"); // a refused copy did not burn its number
}

BOOST_AUTO_TEST_CASE(a_replayed_datagram_is_refused_on_every_lane) {
    Party a{1}, b{2};
    introduce(start, a, b);
    for (const Bytes& datagram : {a.multicast(beat), a.multicast_data(Poll{}), a.unicast(b, Probe{})}) {
        BOOST_TEST(outcome(b.hear(start, datagram, a)) == "ok");
        BOOST_TEST(outcome(b.hear(start, datagram, a)) == "replayed");
        BOOST_TEST(outcome(b.hear(start + 1h, datagram, a)) == "replayed");
    }
}

BOOST_AUTO_TEST_CASE(a_number_opens_until_it_is_a_whole_window_older_than_the_newest) {
    Party a{1}, b{2};
    introduce(start, a, b);
    std::vector<Bytes> sent;
    for (std::uint64_t i = 0; i < replay_window_size + 1; ++i) sent.push_back(a.multicast(beat));
    BOOST_TEST(outcome(b.hear(start, sent.back(), a)) == "ok");
    BOOST_TEST(outcome(b.hear(start, sent[0], a)) == "replayed"); // 16 384 older
    BOOST_TEST(outcome(b.hear(start, sent[1], a)) == "ok");       // 16 383 older
}

BOOST_AUTO_TEST_CASE(bulk_queued_behind_unicast_still_opens_in_any_order) {
    Party a{1}, b{2};
    introduce(start, a, b);
    std::vector<Bytes> bulk;
    for (std::uint64_t i = 0; i < replay_window_size - 1; ++i) {
        if (i % 128 == 0) {
            bulk.push_back(a.unicast(b, Data{TransferId{1}, 0, false, {}}));
        } else {
            a.out.to(b.self.session, Probe{}); // numbers that others get
            a.out.clear();
        }
    }
    const Bytes urgent = a.unicast(b, Probe{1});
    BOOST_TEST(outcome(b.hear(start, urgent, a)) == "ok");
    for (auto late = bulk.rbegin(); late != bulk.rend(); ++late)
        BOOST_TEST(outcome(b.hear(start, *late, a)) == "ok");
    for (const Bytes& datagram : bulk) BOOST_TEST(outcome(b.hear(start, datagram, a)) == "replayed");
}

BOOST_AUTO_TEST_CASE(a_challenge_or_proof_over_a_group_is_refused) {
    Party a{1}, b{2};
    BOOST_TEST(outcome(b.hear(start, a.multicast(Challenge{}), a)) == "bad_field");
    BOOST_TEST(outcome(b.hear(start, a.multicast_data(Challenge{}), a)) == "bad_field");
    BOOST_TEST(b.out.empty()); // no proof
    introduce(start, a, b);
    BOOST_TEST(outcome(b.hear(start, a.multicast(Challenge{}), a)) == "bad_field");
    BOOST_TEST(outcome(b.hear(start, a.multicast(Proof{}), a)) == "unproven");
    BOOST_TEST(b.out.empty());
}

BOOST_AUTO_TEST_CASE(a_proof_over_a_group_does_not_prove_though_it_echoes_the_question) {
    Party a{1}, b{2};
    prove(start, b, a); // so that what b asks is heard here
    BOOST_TEST(outcome(b.hear(start + 1s, a.multicast(Announce{}), a)) == "unproven");
    const auto asked = a.hear(start + 1s, b.sealed().at(0).bytes, b);
    BOOST_TEST_REQUIRE(asked.has_value());
    const Proof proof{.echo = std::get<Challenge>(asked->message).nonce, .who = {}};
    a.out.clear();
    BOOST_TEST(outcome(b.hear(start, a.multicast(proof), a)) == "unproven");
    BOOST_TEST(!b.table.proven(a.self.session));
    BOOST_TEST(outcome(b.hear(start, a.unicast(b, proof), a)) == "ok");
    BOOST_TEST(b.table.proven(a.self.session));
}

BOOST_AUTO_TEST_CASE(the_endpoint_follows_the_newest_authentic_datagram_only) {
    Party a{1}, b{2};
    introduce(start, a, b);
    const Endpoint moved{0x7f000001, 20'001}, attacker{0x0a000001, 666};
    const auto at = [&] { return *b.table.endpoint(a.self.session); };
    BOOST_TEST((at() == a.at));

    const Bytes never_arrived = a.multicast(beat);
    const Bytes heard = a.multicast(beat);
    BOOST_TEST(outcome(b.hear(start, heard, moved)) == "ok");
    BOOST_TEST((at() == moved));

    BOOST_TEST(outcome(b.hear(start, heard, attacker)) == "replayed");
    Bytes forged = a.multicast(beat);
    forged.back() ^= std::byte{1};
    BOOST_TEST(outcome(b.hear(start, forged, attacker)) == "not_authentic");
    BOOST_TEST(outcome(b.hear(start, never_arrived, attacker)) == "ok"); // genuine, but late
    const Bytes of_another_group = a.multicast_data(Poll{});
    BOOST_TEST(outcome(b.hear(start, of_another_group, attacker)) == "ok");
    BOOST_TEST((at() == moved));

    BOOST_TEST(outcome(b.hear(start, a.unicast(b, Probe{}), a)) == "ok");
    BOOST_TEST((at() == a.at));
    BOOST_TEST(!b.table.endpoint(SessionId{}).has_value());
}

BOOST_AUTO_TEST_CASE(replaying_a_strangers_datagrams_from_elsewhere_does_not_keep_us_from_asking_it) {
    Party a{1}, b{2};
    const Bytes recorded[] = {a.multicast_data(Poll{}), a.multicast_data(Poll{}), a.multicast_data(Poll{})};
    const Endpoint attacker{0x0a000001, 666};
    for (const Bytes& recording : recorded) {
        BOOST_TEST(outcome(b.hear(start, recording, attacker)) == "unproven");
        b.out.clear();
        BOOST_TEST(outcome(b.hear(start, a.multicast(Announce{}), a)) == "unproven");
        const auto asked = b.sealed(); // all within ten milliseconds
        BOOST_TEST(says(asked, {MessageType::challenge}));
        BOOST_TEST((asked.at(0).to == a.at));
    }
}

BOOST_AUTO_TEST_SUITE_END()
