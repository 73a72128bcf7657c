// Ports on loopback stand for machines: one that lets connections in, one that refuses, one whose kernel
// drops them.
#include "link_peers.hpp"
#include "net/knocks.hpp"

using namespace cp;
using namespace cp::test;
using namespace std::chrono_literals;

namespace {

struct Door : LinkWorld {
    std::optional<net::Knocked> found;
    net::Knocks knocks{io.get_executor(), [this](net::Knocked knocked) { found = knocked; }};
    ~Door() { knocks.stop(); }

    // Lets nobody in and refuses nobody: the queue of those that nobody has accepted is full.
    tcp::acceptor& mute() {
        tcp::acceptor& port = listen(0);
        connect(endpoint_of(port));
        return port;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(knocks)

BOOST_AUTO_TEST_CASE(a_port_that_nobody_has_open_refuses) {
    Door door;
    door.knocks.start(endpoint_of(door.listen(-1)), 1ms);
    door.run_until([&] { return door.found.has_value(); });
    BOOST_TEST((door.found == net::Knocked::refused));
}

BOOST_AUTO_TEST_CASE(six_without_an_answer_are_silence) {
    Door door;
    door.knocks.start(endpoint_of(door.mute()), 1ms);
    door.run_until([&] { return door.found.has_value(); });
    BOOST_TEST((door.found == net::Knocked::silent));
}

BOOST_AUTO_TEST_CASE(a_program_that_accepts_nobody_is_on_a_machine_that_is_there) {
    Door door;
    tcp::acceptor& port = door.listen(64);
    door.knocks.start(endpoint_of(port), 100us);
    for (int i = 0; i < 3; ++i) (void)door.accept(port); // asked again and again
    BOOST_TEST(!door.found);
    port.close();
    door.run_until([&] { return door.found.has_value(); });
    BOOST_TEST((door.found == net::Knocked::refused));
}

BOOST_AUTO_TEST_CASE(stopped_it_says_nothing_and_started_again_it_begins_anew) {
    Door door;
    tcp::acceptor& mute = door.mute();
    door.knocks.start(endpoint_of(mute), 1ms);
    door.knocks.stop();
    door.knocks.start(endpoint_of(door.listen(-1)), 1ms);
    door.run_until([&] { return door.found.has_value(); });
    BOOST_TEST((door.found == net::Knocked::refused));
}

BOOST_AUTO_TEST_CASE(a_leader_that_is_doubted_and_answers_nothing_is_unreachable) {
    LinkWorld world;
    LinkPeer& follower = world.add();
    const auto leader = link_identity(9);
    tcp::acceptor& port = world.listen(0);
    const auto link = world.link_by_hand(follower, port, leader);
    const auto filler = world.connect(endpoint_of(port));
    follower.links.doubt(true);
    world.run_until([&] { return !follower.verdicts.empty(); });
    BOOST_TEST(follower.said(leader.session, LinkVerdict::unreachable));
    BOOST_TEST(follower.links.linked()); // TCP itself knows nothing yet
}

BOOST_AUTO_TEST_CASE(a_doubted_leader_whose_end_of_link_was_lost_has_crashed_when_its_port_refuses) {
    LinkWorld world;
    LinkPeer& follower = world.add();
    const auto leader = link_identity(9);
    tcp::acceptor& port = world.listen();
    const auto link = world.link_by_hand(follower, port, leader);
    port.close(); // the link itself stands on
    follower.links.doubt(true);
    world.run_until([&] { return !follower.verdicts.empty(); });
    BOOST_TEST(follower.said(leader.session, LinkVerdict::crashed));
}

BOOST_AUTO_TEST_CASE(without_a_link_silence_means_nothing) {
    LinkWorld world;
    LinkPeer& follower = world.add();
    tcp::acceptor& full = world.listen(0);
    const auto filler = world.connect(endpoint_of(full));
    follower.links.aim(net::LinkAim{link_identity(9).session, endpoint_of(full)});
    follower.links.doubt(true);
    world.run_until([&] { return follower.links.counters().connects >= 4; });
    BOOST_TEST(follower.verdicts.empty());
}

BOOST_AUTO_TEST_SUITE_END()
