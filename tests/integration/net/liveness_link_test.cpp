#include "integration/net/link_peers.hpp"
#include "support/private_network.hpp"

#include <boost/asio/co_spawn.hpp>

#include <sys/resource.h>
#include <unistd.h>

using namespace cp;
using namespace cp::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(liveness_link)

BOOST_AUTO_TEST_CASE(a_link_is_proven_at_both_ends) {
    LinkWorld world;
    LinkPeer& leader = world.add();
    LinkPeer& follower = world.add();
    world.link(follower, leader);
    BOOST_TEST(leader.links.counters().proven == 1U);
    BOOST_TEST(follower.links.counters().proven == 1U);
    BOOST_TEST(!leader.links.linked());
}

BOOST_AUTO_TEST_CASE(a_leader_whose_program_ends_has_crashed) {
    LinkWorld world;
    LinkPeer& leader = world.add();
    LinkPeer& follower = world.add();
    world.link(follower, leader);
    leader.links.close(); // port and links, as the kernel does it
    world.run_until([&] { return !follower.verdicts.empty(); });
    BOOST_TEST(follower.said(leader.self.session, LinkVerdict::crashed));
    BOOST_TEST(follower.verdicts.size() == 1U);
    BOOST_TEST(!follower.links.linked());
}

BOOST_AUTO_TEST_CASE(a_follower_whose_program_ends_has_crashed_for_the_leader) {
    LinkWorld world;
    LinkPeer& leader = world.add();
    LinkPeer& one = world.add();
    LinkPeer& other = world.add();
    world.link(one, leader);
    world.link(other, leader);
    one.links.close();
    world.run_until([&] { return leader.links.inbound() == 1; });
    BOOST_TEST(leader.verdicts.size() == 1U);
    BOOST_TEST(leader.said(one.self.session, LinkVerdict::crashed));
    BOOST_TEST(other.links.linked());
}

BOOST_AUTO_TEST_CASE(a_leader_that_closes_its_port_after_its_links_has_crashed_all_the_same) {
    LinkWorld world;
    LinkPeer& follower = world.add();
    const auto leader = link_identity(9);
    tcp::acceptor& port = world.listen();
    const auto link = world.link_by_hand(follower, port, leader);
    const auto connects = follower.links.counters().connects;
    link->close();
    // The look is let in by the kernel, and nobody will ever accept it.
    world.run_until([&] { return follower.links.counters().connects > connects; });
    BOOST_TEST(follower.verdicts.empty());
    port.close();
    world.run_until([&] { return !follower.verdicts.empty(); });
    BOOST_TEST(follower.said(leader.session, LinkVerdict::crashed));
}

BOOST_AUTO_TEST_CASE(a_link_that_the_living_leader_closes_is_made_again_without_a_verdict) {
    LinkWorld world;
    LinkPeer& follower = world.add();
    const auto leader = link_identity(9);
    tcp::acceptor& port = world.listen();
    follower.links.aim(net::LinkAim{leader.session, endpoint_of(port)});
    // More often than looks come without a pause.
    for (std::uint64_t times = 1; times <= std::uint64_t{2} * net::link_looks; ++times) {
        const auto link = world.accept(port);
        world.prove_as(*link, leader);
        world.run_until([&] { return follower.links.counters().proven == times; });
        link->close();
    }
    BOOST_TEST(follower.verdicts.empty());
}

BOOST_AUTO_TEST_CASE(a_follower_that_turns_to_another_leader_is_no_crash) {
    LinkWorld world;
    LinkPeer& old = world.add();
    LinkPeer& next = world.add();
    LinkPeer& follower = world.add();
    world.link(follower, old);
    world.link(follower, next);
    // The old leader has looked, and was let in.
    world.run_until([&] { return old.links.inbound() == 0; });
    BOOST_TEST(old.links.counters().connects == 1U);
    BOOST_TEST(follower.links.counters().accepted == 1U);
    BOOST_TEST(follower.links.counters().refused == 0U);
    BOOST_TEST(old.verdicts.empty());
    BOOST_TEST(follower.verdicts.empty());
    follower.links.aim(std::nullopt);
    world.run_until([&] { return next.links.inbound() == 0; });
    BOOST_TEST(next.verdicts.empty());
    BOOST_TEST(!follower.links.linked());
}

BOOST_AUTO_TEST_CASE(a_follower_that_said_goodbye_is_not_looked_for) {
    LinkWorld world;
    LinkPeer& leader = world.add();
    LinkPeer& follower = world.add();
    world.link(follower, leader);
    leader.known.clear();
    follower.links.close();
    world.run_until([&] { return leader.links.inbound() == 0; });
    BOOST_TEST(leader.verdicts.empty());
    BOOST_TEST(leader.links.counters().connects == 0U);
}

BOOST_AUTO_TEST_CASE(another_life_behind_the_port_ends_the_one_before) {
    LinkWorld world;
    LinkPeer& follower = world.add();
    const auto leader = link_identity(9);
    tcp::acceptor& port = world.listen();
    const auto link = world.link_by_hand(follower, port, leader);
    link->close();
    const auto look = world.accept(port);
    wire::LinkServer restarted{wire::LinkChallenges{link_identity(10)}.next()};
    world.says(*look, restarted.on_hello(world.receive<wire::LinkHello>(*look)).value());
    world.run_until([&] { return !follower.verdicts.empty(); });
    BOOST_TEST(follower.said(leader.session, LinkVerdict::crashed));
}

BOOST_AUTO_TEST_CASE(no_answer_is_told_once_and_a_refusal_after_it_is_a_crash) {
    LinkWorld world;
    LinkPeer& follower = world.add(LinkWorld::impatient());
    const auto leader = link_identity(9);
    tcp::acceptor& port = world.listen(0);
    const auto link = world.link_by_hand(follower, port, leader);
    // The kernel drops every connect beyond what fits the queue of those that nobody has accepted.
    const auto connects = follower.links.counters().connects;
    const auto filler = world.connect(endpoint_of(port));
    link->close();
    world.run_until([&] { return follower.links.counters().connects > connects + net::link_looks; });
    BOOST_TEST(follower.verdicts.size() == 1U);
    BOOST_TEST(follower.said(leader.session, LinkVerdict::unanswered));
    port.close();
    world.run_until([&] { return follower.verdicts.size() > 1; });
    BOOST_TEST(follower.said(leader.session, LinkVerdict::crashed));
}

BOOST_AUTO_TEST_CASE(the_leader_suspects_a_follower_whose_port_does_not_answer) {
    LinkWorld world;
    LinkPeer& leader = world.add(LinkWorld::impatient());
    LinkPeer& follower = world.add();
    world.link(follower, leader);
    tcp::acceptor& full = world.listen(0);
    const auto filler = world.connect(endpoint_of(full));
    leader.known[follower.self.session] = endpoint_of(full);
    follower.links.close();
    world.run_until([&] { return leader.links.inbound() == 0; });
    BOOST_TEST(leader.verdicts.size() == 1U);
    BOOST_TEST(leader.said(follower.self.session, LinkVerdict::unanswered));
}

BOOST_AUTO_TEST_CASE(a_port_that_refuses_before_any_link_is_tried_again_without_a_verdict) {
    LinkWorld world;
    LinkPeer& follower = world.add();
    const auto leader = link_identity(9);
    tcp::acceptor& port = world.listen(-1); // bound, so that nobody else can have it, and refusing
    follower.links.aim(net::LinkAim{leader.session, endpoint_of(port)});
    world.run_until([&] { return follower.links.counters().connects >= 4; });
    BOOST_TEST(follower.verdicts.empty());
    port.listen();
    world.prove_as(*world.accept(port), leader);
    world.run_until([&] { return follower.links.linked(); });
    BOOST_TEST(follower.verdicts.empty());
}

BOOST_AUTO_TEST_CASE(another_key_is_refused_by_both_ends) {
    LinkWorld world;
    LinkPeer& leader = world.add();
    wire::Identity stranger = link_identity(2);
    stranger.key.bytes[0] = std::byte{1};
    LinkPeer& follower = world.add(stranger);
    leader.known[stranger.session] = follower.at();
    follower.aim(leader);
    world.run_until(
        [&] { return follower.links.counters().refused >= 2 && leader.links.counters().refused >= 2; });
    follower.links.close();
    world.run_until([&] { return leader.links.counters().refused == leader.links.counters().accepted; });
    BOOST_TEST(follower.links.counters().proven + leader.links.counters().proven == 0U);
    BOOST_TEST(leader.verdicts.empty());
    BOOST_TEST(follower.verdicts.empty());
}

BOOST_AUTO_TEST_CASE(a_mirror_proves_nothing) {
    LinkWorld world;
    LinkPeer& follower = world.add();
    tcp::acceptor& port = world.listen();
    follower.links.aim(net::LinkAim{link_identity(9).session, endpoint_of(port)});
    const auto mirror = world.accept(port);
    const auto hello = world.receive<wire::LinkHello>(*mirror);
    wire::LinkAnswer reflected{};
    std::copy(hello.begin(), hello.end(), reflected.begin());
    world.says(*mirror, reflected);
    world.run_until([&] { return follower.links.counters().refused == 1; });
    BOOST_TEST(!follower.links.linked());

    // Its own hello, carried to its own port.
    const auto loop = world.connect(follower.at());
    world.says(*loop, hello);
    BOOST_TEST(world.hears(*loop) == "eof");
    BOOST_TEST(follower.links.counters().refused == 2U);
}

BOOST_AUTO_TEST_CASE(garbage_is_counted_and_hung_up_on) {
    LinkWorld world;
    LinkPeer& leader = world.add();
    const auto browser = world.connect(leader.at());
    world.says(*browser, as_bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    BOOST_TEST(world.hears(*browser) == "reset"); // three of its bytes were not even read
    const auto half = world.connect(leader.at());
    world.says(*half, as_bytes("CPL"));
    half->close();
    world.run_until([&] { return leader.links.counters().refused == 2; });
    LinkPeer& follower = world.add();
    world.link(follower, leader);
}

BOOST_AUTO_TEST_CASE(whoever_does_not_prove_itself_in_time_is_hung_up_on) {
    LinkWorld world;
    net::LinkOptions impatient;
    impatient.proof_within = 5ms;
    LinkPeer& leader = world.add(impatient);
    const auto silent = world.connect(leader.at());
    BOOST_TEST(world.hears(*silent) == "eof");
    const auto slow = world.connect(leader.at());
    world.says(*slow,
               wire::LinkClient{wire::LinkChallenges{link_identity(2)}.next(), leader.self.session}.hello());
    BOOST_TEST(world.hears(*slow) == std::to_string(wire::link_answer_size));
    BOOST_TEST(world.hears(*slow) == "eof");
    BOOST_TEST(leader.links.counters().refused == 2U);
}

BOOST_AUTO_TEST_CASE(the_65th_that_has_not_proven_itself_is_closed_and_the_others_are_not) {
    LinkWorld world;
    net::LinkOptions patient;
    patient.proof_within = watchdog;
    LinkPeer& leader = world.add(patient);
    std::vector<std::shared_ptr<tcp::socket>> crowd;
    for (std::size_t i = 0; i < limits::links_unproven_max; ++i) crowd.push_back(world.connect(leader.at()));
    const auto late = world.connect(leader.at());
    BOOST_TEST(world.hears(*late) == "eof");
    BOOST_TEST(leader.links.counters().crowded == 1U);
    world.prove_to(*crowd.back(), link_identity(2), leader);
    LinkPeer& follower = world.add(link_identity(3));
    world.link(follower, leader);
    BOOST_TEST(leader.links.inbound() == 2U);
}

BOOST_AUTO_TEST_CASE(a_newer_link_of_a_session_replaces_the_older_one) {
    LinkWorld world;
    LinkPeer& leader = world.add();
    LinkPeer& follower = world.add();
    const auto older = world.connect(leader.at());
    world.prove_to(*older, follower.self, leader);
    follower.aim(leader);
    BOOST_TEST(world.hears(*older) == "eof");
    world.run_until([&] { return follower.links.linked() && leader.links.inbound() == 1; });
    BOOST_TEST(leader.links.counters().connects == 0U);
    BOOST_TEST(leader.verdicts.empty());
}

BOOST_AUTO_TEST_CASE(of_too_many_proven_ones_the_oldest_is_closed) {
    LinkWorld world;
    net::LinkOptions two = LinkWorld::quick();
    two.proven_max = 2;
    LinkPeer& leader = world.add(two);
    std::vector<std::shared_ptr<tcp::socket>> links;
    for (std::uint8_t number = 2; number <= 4; ++number) {
        links.push_back(world.connect(leader.at()));
        world.prove_to(*links.back(), link_identity(number), leader);
    }
    BOOST_TEST(world.hears(*links[0]) == "eof");
    BOOST_TEST(leader.links.inbound() == 2U);
}

BOOST_AUTO_TEST_CASE(without_descriptors_the_port_waits_for_better_times) {
    LinkWorld world;
    LinkPeer& leader = world.add();
    const auto guest = world.connect(leader.at());
    rlimit before{};
    BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const int next = ::dup(0); // the lowest that is free: so many are not
    ::close(next);
    const rlimit none{static_cast<rlim_t>(next), before.rlim_max};
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    world.run_until([&] { return leader.links.counters().accept_failures > 0; });
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    BOOST_TEST(leader.links.counters().accepted == 0U);
    world.prove_to(*guest, link_identity(2), leader);
    BOOST_TEST(leader.links.inbound() == 1U);
}

// The kernel may pick, as the port to connect from, the very one to connect to: then it connects the socket
// to itself, and a dead leader would seem to live.
BOOST_AUTO_TEST_CASE(being_connected_to_oneself_is_being_refused) {
    in_private_network("sysctl -w net.ipv4.ip_local_port_range='40001 40001'", [] {
        asio::io_context io{1};
        auto socket = std::make_shared<net::LinkSocket>(io.get_executor());
        std::optional<net::error_code> outcome;
        asio::co_spawn(io, socket->connect({loopback, 40001}),
                       [&](const std::exception_ptr&, net::error_code error) { outcome = error; });
        BOOST_TEST(run_until(io, [&] { return outcome.has_value(); }));
        BOOST_TEST(outcome.value() == asio::error::connection_refused);
    });
}

BOOST_AUTO_TEST_CASE(closing_ends_every_loop_whatever_it_waits_for) {
    LinkWorld world; // its destructor is the test
    LinkPeer& leader = world.add();
    LinkPeer& linked = world.add();
    world.link(linked, leader);
    LinkPeer& waiting = world.add(); // for an answer that never comes
    waiting.links.aim(net::LinkAim{link_identity(9).session, endpoint_of(world.listen())});
    net::LinkOptions patient;
    patient.retry_first = 1h;
    patient.retry_max = 1h;
    LinkPeer& pausing = world.add(patient);
    pausing.links.aim(net::LinkAim{link_identity(9).session, endpoint_of(world.listen(-1))});
    const auto unproven = world.connect(leader.at());
    world.run_until([&] {
        return leader.links.counters().accepted == 2 && waiting.links.counters().connects == 1 &&
               pausing.links.counters().connects == 1;
    });
}

BOOST_AUTO_TEST_CASE(a_verdict_may_aim_elsewhere_and_close) {
    LinkWorld world;
    LinkPeer& leader = world.add();
    LinkPeer& next = world.add();
    std::size_t verdicts = 0;
    std::optional<net::LivenessLinks> follower;
    follower.emplace(net::open_link_port(world.io.get_executor(), loopback).value(), link_identity(7),
                     net::LinkHandlers{[&](const SessionId&, LinkVerdict) {
                                           if (++verdicts == 1)
                                               follower->aim(net::LinkAim{next.self.session, next.at()});
                                           else
                                               follower->close();
                                       },
                                       [](const SessionId&) { return std::nullopt; }},
                     LinkWorld::quick());
    follower->start();
    follower->aim(net::LinkAim{leader.self.session, leader.at()});
    world.run_until([&] { return leader.links.inbound() == 1 && follower->linked(); });
    leader.links.close();
    world.run_until([&] { return next.links.inbound() == 1 && follower->linked(); });
    next.links.close();
    world.run_until([&] { return verdicts == 2; });
    BOOST_TEST(!follower->linked());
    world.io.restart();
    BOOST_TEST(run_to_end(world.io));
}

BOOST_AUTO_TEST_SUITE_END()
