#include "integration/net/transport_world.hpp"
#include "support/private_network.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <string>

using namespace cp;
using net::Channel;
using net::GroupTransport;

namespace {

using test::Heard;
using test::say;
using World = test::TransportWorld;

const auto modes = boost::unit_test::data::make(test::io_modes);

} // namespace

BOOST_AUTO_TEST_SUITE(transport)

BOOST_DATA_TEST_CASE(all_on_loopback_hear_one_another_and_themselves, modes, mode) {
    World world;
    std::vector<GroupTransport> all;
    for (int i = 0; i < 3; ++i) all.push_back(world.open(world.options(mode)));
    for (std::size_t i = 0; i < all.size(); ++i)
        say(all[i], "node " + std::to_string(i), wire::Lane::control);
    for (GroupTransport& listener : all) {
        std::map<std::string, Endpoint> heard;
        for (const Heard& h : world.hear(listener, Channel::control, 3)) heard[h.text] = h.from;
        BOOST_TEST_REQUIRE(heard.size() == 3U);
        for (std::size_t i = 0; i < all.size(); ++i)
            BOOST_CHECK(heard.at("node " + std::to_string(i)) == all[i].local());
    }
}

BOOST_DATA_TEST_CASE(a_reply_to_where_a_datagram_came_from_reaches_its_sender_alone, modes, mode) {
    World world;
    GroupTransport asker = world.open(world.options(mode));
    GroupTransport other = world.open(world.options(mode));
    GroupTransport replier = world.open(world.options(mode));
    say(asker, "who is there?", wire::Lane::control);
    say(replier, "me", world.hear(replier, Channel::control, 1)[0].from);
    BOOST_TEST(world.hear(asker, Channel::unicast, 1)[0].text == "me");
    BOOST_TEST(other.receive(Channel::unicast).datagrams.empty());
}

BOOST_DATA_TEST_CASE(a_group_is_heard_by_its_own_sockets_alone, boost::unit_test::data::make({false, true}),
                     bound_to_every_address) {
    // Two groups on one port: what the data group of one is to the control group of another. Sockets that are
    // bound to every address (because of peers) tell them apart only because IP_MULTICAST_ALL is off.
    World world;
    auto options = world.options();
    if (bound_to_every_address) options.peers = {{0x7f000001, 9}};
    GroupTransport one = world.open(options);
    options.group.address += 1;
    GroupTransport neighbour = world.open(options);
    const auto by_multicast = [](GroupTransport& transport, std::string_view text, wire::Lane lane) {
        say(transport, text, transport.targets(lane).first(1));
    };
    by_multicast(neighbour, "for the neighbour group", wire::Lane::control);
    by_multicast(one, "bulk", wire::Lane::data);
    by_multicast(one, "control", wire::Lane::control);
    BOOST_TEST(world.hear(one, Channel::control, 1)[0].text == "control");
    BOOST_TEST(world.hear(one, Channel::data, 1)[0].text == "bulk");
    BOOST_TEST(world.hear(neighbour, Channel::control, 1)[0].text == "for the neighbour group");
}

BOOST_AUTO_TEST_CASE(a_client_sends_data_and_does_not_hear_it) {
    World world;
    GroupTransport node = world.open(world.options());
    auto options = world.options();
    options.hears_data = false;
    GroupTransport client = world.open(options);
    BOOST_TEST(client.socket(Channel::data) == nullptr);
    BOOST_TEST(client.receive_capacity(Channel::data) == 0U);
    say(client, "an image", wire::Lane::data);
    BOOST_TEST(world.hear(node, Channel::data, 1)[0].text == "an image");
    BOOST_TEST(client.receive(Channel::data).datagrams.empty());
}

BOOST_DATA_TEST_CASE(many_datagrams_of_all_sizes_arrive_in_order, modes, mode) {
    World world;
    GroupTransport sender = world.open(world.options(mode));
    GroupTransport receiver = world.open(world.options(mode));
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < 3 * net::io_batch; ++i)
        texts.push_back(
            std::string(1 + (i * 83) % limits::datagram_loopback, static_cast<char>('a' + i % 26)));
    std::vector<net::Sending> sends;
    for (const std::string& text : texts) sends.push_back({as_bytes(text), receiver.local(), 0});
    std::vector<Heard> heard;
    for (std::span<const net::Sending> left{sends}; !left.empty();) {
        // No more than the receiver's buffer holds.
        const auto progress = sender.send(left.first(std::min(left.size(), net::io_batch)));
        for (Heard& h : world.hear(receiver, Channel::unicast, progress.done)) heard.push_back(std::move(h));
        left = left.subspan(progress.done);
    }
    BOOST_TEST_REQUIRE(heard.size() == texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) BOOST_TEST((heard[i].text == texts[i]));
    BOOST_TEST(sender.sent().datagrams == texts.size());
    BOOST_TEST(sender.sent().bytes == receiver.received(Channel::unicast).bytes);
}

BOOST_DATA_TEST_CASE(datagrams_longer_than_ours_are_counted_and_dropped, modes, mode) {
    World world;
    GroupTransport sender = world.open(world.options(mode));
    GroupTransport receiver = world.open(world.options(mode));
    say(sender, std::string(limits::datagram_max + 1, 'x'), receiver.local());
    say(sender, "short", receiver.local());
    BOOST_TEST(world.hear(receiver, Channel::unicast, 1)[0].text == "short");
    BOOST_TEST(receiver.received(Channel::unicast).oversized == 1U);
    BOOST_TEST(receiver.received(Channel::unicast).datagrams == 1U);
}

BOOST_DATA_TEST_CASE(a_full_receive_buffer_shows_in_the_drop_counter, modes, mode) {
    World world;
    GroupTransport sender = world.open(world.options(mode));
    GroupTransport receiver = world.open(world.options(mode));
    const std::string text(limits::datagram_loopback, 'x');
    const std::size_t more_than_fit =
        receiver.receive_capacity(Channel::unicast) / text.size() + 2 * net::io_batch;
    for (std::size_t i = 0; i < more_than_fit; ++i) say(sender, text, receiver.local());
    std::size_t heard = 0;
    for (;;) { // what fitted; the kernel attaches the count to datagrams that came in after a drop
        const auto batch = receiver.receive(Channel::unicast);
        if (batch.datagrams.empty()) break;
        heard += batch.datagrams.size();
    }
    say(sender, "after the flood", receiver.local());
    BOOST_TEST(world.hear(receiver, Channel::unicast, 1)[0].text == "after the flood");
    BOOST_TEST(heard < more_than_fit);
    BOOST_TEST(receiver.received(Channel::unicast).kernel_drops == more_than_fit - heard);
}

BOOST_DATA_TEST_CASE(a_send_that_the_kernel_refuses_costs_that_datagram_only, modes, mode) {
    World world;
    GroupTransport sender = world.open(world.options(mode));
    GroupTransport receiver = world.open(world.options(mode));
    const std::string first = "first";
    const std::string last = "last";
    const std::array sends{net::Sending{as_bytes(first), receiver.local(), 0},
                           net::Sending{as_bytes(first), {0x7f000001, 0}, 0}, // port 0: EINVAL
                           net::Sending{as_bytes(last), receiver.local(), 0}};
    BOOST_TEST(sender.send(sends).done == 3U);
    const auto heard = world.hear(receiver, Channel::unicast, 2);
    BOOST_TEST(heard[0].text == "first");
    BOOST_TEST(heard[1].text == "last");
    BOOST_TEST(sender.sent().failed == 1U);
    BOOST_TEST(sender.sent().last_error == EINVAL);
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_gone_does_not_disturb_the_unicast_socket) {
    World world;
    GroupTransport sender = world.open(world.options());
    Endpoint gone;
    {
        GroupTransport passing = world.open(world.options());
        gone = passing.local();
    }
    say(sender, "anybody?", gone); // answered by an ICMP "port unreachable"
    GroupTransport alive = world.open(world.options());
    say(alive, "me", sender.local());
    BOOST_TEST(world.hear(sender, Channel::unicast, 1)[0].text == "me");
    BOOST_TEST(sender.received(Channel::unicast).errors == 0U);
}

BOOST_AUTO_TEST_CASE(group_datagrams_go_to_peers_by_unicast_too) {
    World world;
    auto options = world.options();
    options.peers = {{0x7f000001, world.ports.control()}};
    GroupTransport listener = world.open(options);
    auto elsewhere = world.options(); // another group, so that multicast cannot be what is heard
    elsewhere.group.address += 16;
    elsewhere.peers = options.peers;
    elsewhere.hears_data = false; // a client, which does not take the listener's unicast port
    GroupTransport client = world.open(elsewhere);
    say(client, "control", wire::Lane::control);
    say(client, "data", wire::Lane::data);
    BOOST_TEST(world.hear(listener, Channel::control, 1)[0].text == "control");
    const auto data = world.hear(listener, Channel::data, 1)[0];
    BOOST_TEST(data.text == "data");
    say(listener, "answer", data.from);
    BOOST_TEST(world.hear(client, Channel::unicast, 1)[0].text == "answer");
}

BOOST_AUTO_TEST_CASE(datagrams_are_large_on_loopback_alone) {
    World world;
    auto options = world.options();
    BOOST_TEST(world.open(options).datagram_size() == limits::datagram_loopback);
    options.peers = {{0x7f000001, world.ports.control()}};
    BOOST_TEST(world.open(options).datagram_size() == limits::datagram_ethernet);
}

BOOST_AUTO_TEST_CASE(nothing_leaves_the_machine_from_loopback_unless_the_ttl_says_so) {
    World world;
    const auto ttl_of = [](GroupTransport transport) {
        int ttl = -1;
        socklen_t size = sizeof ttl;
        ::getsockopt(transport.socket(Channel::unicast)->native_handle(), IPPROTO_IP, IP_MULTICAST_TTL, &ttl,
                     &size);
        return ttl;
    };
    auto options = world.options();
    BOOST_TEST(ttl_of(world.open(options)) == 0);
    options.ttl = 3;
    BOOST_TEST(ttl_of(world.open(options)) == 3);
    test::in_private_network(
        "ip link add lan0 type veth peer name far0 && ip addr add 10.9.0.1/24 dev lan0 && "
        "ip addr add 10.9.2.1/24 dev lan0 label lan0:1 && "
        "ip link set lan0 up",
        [&] {
            World private_world;
            auto lan = private_world.options();
            lan.interfaces.lan = true;
            GroupTransport transport = private_world.open(lan);
            BOOST_TEST_REQUIRE(transport.interfaces().size() == 1U);
            BOOST_TEST(transport.interfaces()[0].addresses.size() ==
                       2U); // one of them with a label of its own
            BOOST_TEST(transport.datagram_size() == limits::datagram_ethernet);
            BOOST_TEST(ttl_of(std::move(transport)) == 1);
        });
}

BOOST_AUTO_TEST_CASE(receive_buffers_are_what_the_kernel_granted) {
    World world;
    GroupTransport node = world.open(world.options());
    for (const Channel channel : net::channels) {
        int granted = 0;
        socklen_t size = sizeof granted;
        ::getsockopt(node.socket(channel)->native_handle(), SOL_SOCKET, SO_RCVBUF, &granted, &size);
        BOOST_TEST(node.receive_capacity(channel) == static_cast<std::size_t>(granted));
        BOOST_TEST(granted >= 212'992);
    }
}

BOOST_AUTO_TEST_CASE(a_closed_transport_is_silent_and_harmless) {
    World world;
    GroupTransport node = world.open(world.options());
    bool aborted = false;
    node.socket(Channel::control)->async_wait(boost::asio::ip::udp::socket::wait_read, [&](auto ec) {
        aborted = ec == boost::asio::error::operation_aborted;
    });
    node.close();
    BOOST_TEST(test::run_to_end(world.io));
    BOOST_TEST(aborted);
    BOOST_TEST(node.receive(Channel::control).datagrams.empty());
    say(node, "into the void", wire::Lane::control);
    BOOST_TEST(node.sent().datagrams == 0U);
}

BOOST_AUTO_TEST_CASE(refuses_what_cannot_be_a_group) {
    World world;
    for (const Endpoint group : {Endpoint{0x0a000001, 7700}, Endpoint{0xefffffff, 7700},
                                 Endpoint{0xefff4350, 0}, Endpoint{0xefff4350, 65535}}) {
        auto options = world.options();
        options.group = group;
        const auto transport = GroupTransport::open(world.io.get_executor(), options);
        BOOST_TEST_REQUIRE(!transport, to_text(group));
        BOOST_CHECK(transport.error().code == errc::bad_config);
    }
}

BOOST_AUTO_TEST_CASE(refuses_interfaces_that_are_not_there) {
    World world;
    auto options = world.options();
    options.interfaces.patterns = {"nosuch*"};
    const auto transport = GroupTransport::open(world.io.get_executor(), options);
    BOOST_REQUIRE(!transport);
    BOOST_TEST(transport.error().line.starts_with("no usable interface matches nosuch*: have lo"));
}

BOOST_AUTO_TEST_CASE(a_port_that_another_program_does_not_share_is_one_clear_line) {
    World world;
    boost::asio::ip::udp::socket hog{world.io, boost::asio::ip::udp::endpoint{boost::asio::ip::udp::v4(), 0}};
    auto options = world.options();
    options.group.port = hog.local_endpoint().port();
    const auto transport = GroupTransport::open(world.io.get_executor(), options);
    BOOST_REQUIRE(!transport);
    BOOST_CHECK(transport.error().code == errc::no_network);
    BOOST_TEST(transport.error().line ==
               "cannot bind the control socket " + to_text(options.group) + ": Address already in use");
}

BOOST_AUTO_TEST_CASE(multicast_leaves_by_every_chosen_interface_and_is_heard_once_on_each) {
    test::in_private_network(
        "ip link add a0 type veth peer name b0 && ip link add a1 mtu 1300 type veth peer name b1 "
        "mtu 1300 && ip addr add 10.9.0.1/24 dev a0 && ip addr add 10.9.1.1/24 dev a1 && "
        "ip link set a0 up && ip link set a1 up && ip link set b0 up && ip link set b1 up",
        [] {
            World world;
            auto options = world.options();
            options.interfaces.patterns = {"a*"};
            GroupTransport both = world.open(options);
            BOOST_TEST(both.datagram_size() == 1300U - 28U);
            options.interfaces.patterns = {"10.9.1.1"};
            GroupTransport second = world.open(options);
            say(both, "hello", wire::Lane::control);
            const auto heard = world.hear(both, Channel::control, 2);
            BOOST_TEST(heard[0].from.address == 0x0a090001U);
            BOOST_TEST(heard[1].from.address == 0x0a090101U);
            const auto there = world.hear(second, Channel::control, 1);
            BOOST_TEST(there[0].from.address == 0x0a090101U);
            BOOST_TEST(second.receive(Channel::control).datagrams.empty());
        });
}

BOOST_AUTO_TEST_SUITE_END()
