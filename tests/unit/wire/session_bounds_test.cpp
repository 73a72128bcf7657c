// What strangers and floods may cost: docs/protocol.md, "Sessions" and "Bounds".
#include "outcome.hpp"
#include "support/party.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <memory>
#include <sys/wait.h>
#include <unistd.h>

using namespace cp;
using namespace cp::test;
using namespace cp::wire;
using namespace std::chrono_literals;

namespace {

const TimePoint start{1h};
const Heartbeat beat{.node = NodeId{1}, .epoch = {}};

// A datagram that costs a key derivation to refuse.
Bytes garbage(std::uint32_t number) {
    Bytes datagram(60);
    FrameHeader header{.cluster = cluster_mark("default"), .session = identity(number).session, .counter = 1};
    write_header(header, std::span{datagram}.first<limits::frame_header_size>());
    return datagram;
}

std::string announce(TimePoint now, std::uint32_t number, Party& host) {
    Party stranger{number};
    const auto heard = host.hear(now, stranger.multicast(Announce{}), stranger);
    host.out.clear();
    return outcome(heard);
}

// How many challenges a heartbeat from there brings.
std::size_t challenged(TimePoint now, Party& from, const Endpoint& at, Party& host) {
    [[maybe_unused]] const auto unproven = host.hear(now, from.multicast(beat), at);
    const std::size_t count = host.out.items().size();
    host.out.clear();
    return count;
}

// As many proven sessions as fit, of the numbers from `first`; they last spoke at `now`.
std::vector<std::unique_ptr<Party>> fill(TimePoint now, Party& host, std::uint32_t first) {
    std::vector<std::unique_ptr<Party>> peers;
    for (std::uint32_t i = 0; host.table.size() < limits::sessions_max; ++i) {
        peers.push_back(std::make_unique<Party>(first + i));
        prove(now, *peers.back(), host);
    }
    return peers;
}

// Whether `action` ends this program by CP_CHECK: tried in a child.
template <class Action>
bool aborts(Action action) {
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL); // not the test framework's
        ::close(STDERR_FILENO);
        action();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

} // namespace

BOOST_AUTO_TEST_SUITE(session_bounds)

BOOST_AUTO_TEST_CASE(a_foreign_cluster_another_key_and_garbage_have_their_reason_and_make_no_session) {
    Party host{1};
    Identity other_name = identity(2), other_key = identity(3);
    other_name.cluster = "other";
    other_key.key.bytes[31] ^= std::byte{1};
    Party named{other_name, endpoint(2)}, keyed{other_key, endpoint(3)};
    BOOST_TEST(outcome(host.hear(start, named.multicast(Announce{}), named)) == "wrong_cluster");
    BOOST_TEST(outcome(host.hear(start, keyed.multicast(Announce{}), keyed)) == "not_authentic");
    BOOST_TEST(outcome(host.hear(start, garbage(4), keyed)) == "not_authentic");
    BOOST_TEST(outcome(host.hear(start, Bytes(100), keyed)) == "wrong_magic");
    BOOST_TEST(outcome(host.hear(start, Bytes{}, keyed)) == "truncated");
    BOOST_TEST(outcome(host.hear(start, host.multicast(Announce{}), host)) == "own_echo");
    BOOST_TEST(host.table.size() == 0U);
    BOOST_TEST(host.out.empty());
}

BOOST_AUTO_TEST_CASE(another_cluster_whose_mark_collides_still_does_not_open) {
    Identity other = identity(2);
    other.cluster = "other";
    Party host{1}, stranger{other, endpoint(2)};
    Bytes datagram = stranger.multicast(Announce{});
    ByteWriter{std::span{datagram}.subspan(4, 4)}.u32(cluster_mark("default"));
    BOOST_TEST(outcome(host.hear(start, datagram, stranger)) == "not_authentic");
}

BOOST_AUTO_TEST_CASE(a_message_that_does_not_decode_is_refused_but_its_session_is_known) {
    Party host{1};
    const Identity who = identity(2);
    FrameHeader header{
        .type = MessageType{200}, .cluster = cluster_mark("default"), .session = who.session, .counter = 5};
    Bytes datagram(limits::frame_header_size + seal_tag_size);
    const auto front = std::span{datagram}.first<limits::frame_header_size>();
    write_header(header, front);
    SealCipher{who.key, who.session, who.cluster}.seal({0, 5}, front, SessionId{}.bytes, {},
                                                       std::span{datagram}.subspan(front.size()));
    BOOST_TEST(outcome(host.hear(start, datagram, endpoint(2))) == "unknown_type");
    BOOST_TEST(outcome(host.hear(start, datagram, endpoint(2))) == "replayed");
    BOOST_TEST(host.table.size() == 1U);
}

BOOST_AUTO_TEST_CASE(strangers_get_twenty_thousand_derivations_a_second_and_known_sessions_do_not_notice) {
    Party host{1}, friendly{2};
    introduce(start, host, friendly);
    const TimePoint flood = start + 10s;
    for (std::uint32_t i = 0; i < limits::key_derivations_per_second; ++i) {
        const auto refused = host.hear(flood, garbage(100 + i), friendly);
        BOOST_TEST_REQUIRE((refused.error() == errc::not_authentic));
    }
    BOOST_TEST(outcome(host.hear(flood, garbage(99), friendly)) == "overloaded");
    BOOST_TEST(announce(flood, 3, host) == "overloaded");
    BOOST_TEST(outcome(host.hear(flood, friendly.multicast(beat), friendly)) == "ok");

    // A millisecond later there are twenty again.
    for (std::uint32_t i = 0; i < 20; ++i)
        BOOST_TEST(outcome(host.hear(flood + 1ms, garbage(i + 100), friendly)) == "not_authentic");
    BOOST_TEST(outcome(host.hear(flood + 1ms, garbage(99), friendly)) == "overloaded");
    BOOST_TEST(announce(flood + 2ms, 3, host) == "unproven");
}

// A recording that is played from everywhere: what goes to addresses that do not exist fills our send buffer.
BOOST_AUTO_TEST_CASE(challenges_that_nobody_answers_are_bounded) {
    Party host{1}, recorded{2}, friendly{3};
    std::size_t challenges = 0;
    for (std::uint32_t i = 0; i < 2000; ++i) {
        challenges += challenged(start + i * 500us, recorded, endpoint(i), host);
    }
    BOOST_TEST(challenges >= limits::further_challenges_unanswered_max);
    BOOST_TEST(challenges <=
               1 + limits::further_challenges_unanswered_max + limits::further_challenges_renewed_per_second);
    prove(start + 2s, friendly, host);
}

BOOST_AUTO_TEST_CASE(first_challenges_of_many_recordings_are_bounded) {
    Party host{1}, friendly{2};
    std::size_t challenges = 0;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        Party recorded{100 + i};
        challenges += challenged(start + i * 1ms, recorded, endpoint(100 + i), host);
    }
    BOOST_TEST(challenges >= limits::first_challenges_unanswered_max);
    BOOST_TEST(challenges <=
               limits::first_challenges_unanswered_max + limits::first_challenges_renewed_per_second);
    prove(start + 2s, friendly, host);
}

// Nodes whose firewall lets nothing in, or recordings that are played on and on.
BOOST_AUTO_TEST_CASE(who_is_asked_in_vain_keeps_no_newcomer_out) {
    Party host{1};
    std::vector<std::unique_ptr<Party>> deaf;
    for (std::uint32_t i = 0; i < 100; ++i) deaf.push_back(std::make_unique<Party>(10'000 + i));
    std::size_t in_vain = 0;
    for (std::uint32_t tick = 0; tick < 2000; ++tick) { // 20 s, each speaks every 10 ms
        const TimePoint now = start + tick * 10ms;
        for (const auto& party : deaf) in_vain += challenged(now, *party, party->at, host);
        if (tick % 20 != 19) continue;
        Party newcomer{100 + tick};
        prove(now, newcomer, host); // it is asked, or this ends the program
    }
    BOOST_TEST(in_vain <= 100 + limits::further_challenges_unanswered_max +
                              20 * limits::further_challenges_renewed_per_second);
}

// A lost challenge or proof costs 10 ms, four times; whoever stays silent is asked ever more seldom.
BOOST_AUTO_TEST_CASE(the_silent_are_asked_ever_more_seldom_but_for_good) {
    Party host{1}, silent{2};
    std::vector<std::int64_t> asked;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        const TimePoint now = start + i * 1ms;
        if (challenged(now, silent, silent.at, host) > 0) asked.push_back(to_ms(now - start));
    }
    const std::vector<std::int64_t> expected{0,   10,  20,  30,   40,   60,   100,
                                             180, 340, 660, 1300, 2300, 3300, 4300};
    BOOST_TEST(asked == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(whoever_answers_is_asked_however_many_come) {
    Party host{1};
    for (std::uint32_t i = 0; i < 3 * limits::first_challenges_unanswered_max; ++i) {
        Party friendly{100 + i};
        prove(start, friendly, host);
    }
}

BOOST_AUTO_TEST_CASE(a_long_silence_saves_no_more_than_one_second_of_derivations) {
    Party host{1};
    const TimePoint flood = start + 1000h;
    for (std::uint32_t i = 0; i < limits::key_derivations_per_second; ++i) {
        [[maybe_unused]] const auto refused = host.hear(flood, garbage(100 + i), endpoint(9));
    }
    BOOST_TEST(outcome(host.hear(flood, garbage(99), endpoint(9))) == "overloaded");
}

BOOST_AUTO_TEST_CASE(no_more_than_1024_sessions_are_kept_however_many_speak) {
    Party host{1};
    for (std::uint32_t i = 0; i < 3 * limits::sessions_max; ++i) {
        BOOST_TEST_REQUIRE(announce(start + i * 1us, 100 + i, host) == "unproven");
        BOOST_TEST_REQUIRE(host.table.size() <= limits::sessions_max);
    }
    BOOST_TEST(host.table.size() == limits::sessions_max);
    BOOST_TEST(!host.table.endpoint(identity(100).session).has_value()); // the longest silent went first
    BOOST_TEST(host.table.endpoint(identity(99 + 3 * limits::sessions_max).session).has_value());
}

BOOST_AUTO_TEST_CASE(proven_sessions_that_spoke_lately_are_never_given_up_for_strangers) {
    Party host{1};
    const auto peers = fill(start, host, 100);
    const auto all_there = [&] {
        for (const auto& peer : peers) {
            if (!host.table.proven(peer->self.session)) return false;
        }
        return true;
    };
    for (std::uint32_t i = 0; i < 100; ++i) BOOST_TEST(announce(start + 59s, 5000 + i, host) == "overloaded");
    BOOST_TEST(all_there());
    BOOST_TEST(outcome(host.hear(start + 59s, peers[0]->multicast(beat), *peers[0])) == "ok");
    // After a minute of silence one place is given up at a time, and the one who spoke keeps its own.
    BOOST_TEST(announce(start + 60s, 6000, host) == "unproven");
    BOOST_TEST(!all_there());
    BOOST_TEST(host.table.proven(peers[0]->self.session));
    BOOST_TEST(host.table.size() == limits::sessions_max);
}

BOOST_AUTO_TEST_CASE(strangers_push_out_strangers_before_anybody_who_is_proven_and_silent) {
    Party host{1}, silent{2};
    prove(start, silent, host);
    for (std::uint32_t i = 0; i < 2 * limits::sessions_max; ++i)
        BOOST_TEST_REQUIRE(announce(start + 1h + i * 1us, 100 + i, host) == "unproven");
    BOOST_TEST(host.table.proven(silent.self.session));
}

BOOST_AUTO_TEST_CASE(who_left_makes_room_at_once) {
    Party host{1};
    const auto peers = fill(start, host, 100);
    BOOST_TEST(announce(start + 1s, 5000, host) == "overloaded");
    BOOST_TEST(outcome(host.hear(start + 1s, peers[7]->multicast(Leave{}), *peers[7])) == "ok");
    BOOST_TEST(host.table.proven(peers[7]->self.session)); // what it sent before may still arrive
    BOOST_TEST(announce(start + 1s, 5000, host) == "unproven");
    BOOST_TEST(!host.table.proven(peers[7]->self.session));
    BOOST_TEST(host.table.size() == limits::sessions_max);
}

BOOST_AUTO_TEST_CASE(strangers_who_never_proved_themselves_are_forgotten_when_the_next_one_comes) {
    Party host{1}, friendly{2};
    prove(start, friendly, host);
    for (std::uint32_t i = 0; i < 50; ++i) BOOST_TEST(announce(start, 100 + i, host) == "unproven");
    BOOST_TEST(host.table.size() == 51U);
    BOOST_TEST(announce(start + 6s, 200, host) == "unproven");
    BOOST_TEST(host.table.size() == 2U);
    BOOST_TEST(host.table.proven(friendly.self.session));
}

BOOST_AUTO_TEST_CASE(a_sealer_stops_the_program_before_a_number_is_used_twice) {
    Party party{1};
    Bytes buffer(limits::datagram_max);
    const auto seal = [&](std::uint64_t number) {
        return [&party, &buffer, number] {
            [[maybe_unused]] const auto size =
                party.sealer.seal({Lane::control, {}, number, Leave{}}, buffer);
        };
    };
    BOOST_TEST(!aborts(seal(5)));
    seal(5)();
    BOOST_TEST(aborts(seal(5)));
    BOOST_TEST(!aborts(seal(4))); // any order within a replay window
    BOOST_TEST(aborts(seal(0)));
    seal(5 + replay_window_size)();
    BOOST_TEST(aborts(seal(5)));
}

BOOST_AUTO_TEST_CASE(a_session_that_was_never_drawn_stops_the_program) {
    BOOST_TEST(aborts([] { Sealer{Identity{}}; }));
    BOOST_TEST(!aborts([] { Sealer{identity(0)}; }));
}

BOOST_AUTO_TEST_CASE(an_outbox_numbers_each_lane_for_itself_and_says_the_last) {
    Outbox out;
    BOOST_TEST(out.last(Lane::data) == 0U);
    BOOST_TEST(out.to_group(Leave{}) == 1U);
    BOOST_TEST(out.to_group(Leave{}) == 2U);
    BOOST_TEST(out.to_data_group(Poll{}) == 1U);
    BOOST_TEST(out.to(identity(2).session, Probe{}) == 1U);
    out.clear();
    BOOST_TEST(out.empty());
    BOOST_TEST(out.to_group(Leave{}) == 3U); // clearing does not give numbers back
    BOOST_TEST(out.last(Lane::control) == 3U);
    BOOST_TEST(out.last(Lane::data) == 1U);
    BOOST_TEST(out.last(Lane::unicast) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
