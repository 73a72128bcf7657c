// Runs of datagrams arrive as the single datagrams that they are made of, whichever of the kernel's ways they
// take.
#include "integration/net/transport_world.hpp"
#include "support/private_network.hpp"
#include "support/sandbox.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numeric>

using namespace cp;
using net::Channel;
using net::GroupTransport;
using net::IoMode;
using net::Sending;
using test::Heard;
using World = test::TransportWorld;

namespace {

// Bytes that are different wherever one looks, so that nothing can be in the wrong place unseen.
std::string pattern(std::size_t size, std::uint32_t seed) {
    std::string text(size, '\0');
    for (char& c : text) {
        seed = seed * 1'664'525 + 1'013'904'223;
        c = static_cast<char>(seed >> 24U);
    }
    return text;
}

// A run of `count` datagrams of `segment` bytes, the last of them `last` bytes.
struct Run {
    std::size_t segment;
    std::size_t count;
    std::size_t last;
    std::string text =
        pattern(segment * (count - 1) + last, static_cast<std::uint32_t>(segment * 1000 + count * 10 + last));

    [[nodiscard]] Sending to(const Endpoint& to) const { return {as_bytes(text), to, 0, segment}; }
    void expect(std::vector<std::string>& heard) const {
        for (std::size_t at = 0; at < text.size(); at += segment) heard.push_back(text.substr(at, segment));
    }
};

std::vector<std::string> texts(const std::vector<Heard>& heard) {
    std::vector<std::string> out;
    for (const Heard& h : heard) out.push_back(h.text);
    return out;
}

std::size_t messages(const Run& run) {
    const std::size_t group = net::group_datagrams(run.segment);
    return (run.count + group - 1) / group;
}

const auto modes = boost::unit_test::data::make(test::io_modes);

} // namespace

BOOST_AUTO_TEST_SUITE(io_paths)

BOOST_DATA_TEST_CASE(runs_of_every_shape_arrive_as_the_same_datagrams, modes, mode) {
    // One datagram, a full group, one more than that; limited by count and by bytes; shorter last ones of all
    // sorts.
    const std::vector<Run> runs{{1472, 1, 1472}, {1472, 44, 1472}, {1472, 45, 1472},    {1472, 64, 1471},
                                {1472, 3, 1},    {100, 64, 100},   {100, 65, 100},      {100, 64, 1},
                                {1, 64, 1},      {1, 1, 1},        {15'872, 4, 15'872}, {15'872, 5, 15'871},
                                {1023, 64, 500}, {1024, 63, 1024}, {700, 200, 7}};
    World world;
    GroupTransport sender = world.open(world.options(mode));
    GroupTransport receiver = world.open(world.options(mode));
    BOOST_TEST(sender.io() == mode);
    std::size_t datagrams = 0;
    std::size_t groups = 0;
    for (const Run& run : runs) {
        const Sending sending = run.to(receiver.local());
        const auto progress = sender.send({&sending, 1});
        BOOST_TEST(progress.done == 1U);
        BOOST_TEST(!progress.blocked);
        std::vector<std::string> wanted;
        run.expect(wanted);
        BOOST_TEST((texts(world.hear(receiver, Channel::unicast, wanted.size())) == wanted));
        datagrams += wanted.size();
        groups += messages(run);
    }
    BOOST_TEST(sender.sent().datagrams == datagrams);
    BOOST_TEST(sender.sent().messages == (mode.send == IoMode::segmented ? groups : datagrams));
    BOOST_TEST(sender.sent().failed == 0U);
    BOOST_TEST(sender.sent().bytes == receiver.received(Channel::unicast).bytes);
    BOOST_TEST(receiver.received(Channel::unicast).datagrams == datagrams);
    // On loopback a group stays one as long as both ends want it.
    const bool whole = mode.send == IoMode::segmented && mode.receive == IoMode::segmented;
    BOOST_TEST(receiver.received(Channel::unicast).messages == (whole ? groups : datagrams));
}

BOOST_DATA_TEST_CASE(runs_to_different_targets_each_reach_their_own, modes, mode) {
    World world;
    GroupTransport sender = world.open(world.options(mode));
    GroupTransport one = world.open(world.options(mode));
    GroupTransport two = world.open(world.options(mode));
    const Endpoint group = sender.targets(wire::Lane::data)[0].to;
    const Run to_one{1472, 20, 900};
    const Run to_two{500, 30, 500};
    const Run to_all{1472, 50, 1472};
    const std::vector<Sending> sends{to_one.to(one.local()), to_two.to(two.local()), to_all.to(group),
                                     to_two.to(one.local()), to_one.to(two.local())};
    BOOST_TEST(sender.send(sends).done == sends.size());
    std::vector<std::string> for_one;
    std::vector<std::string> for_two;
    std::vector<std::string> for_all;
    to_one.expect(for_one), to_two.expect(for_one);
    to_two.expect(for_two), to_one.expect(for_two);
    to_all.expect(for_all);
    BOOST_TEST((texts(world.hear(one, Channel::unicast, for_one.size())) == for_one));
    BOOST_TEST((texts(world.hear(two, Channel::unicast, for_two.size())) == for_two));
    for (GroupTransport* const transport : {&sender, &one, &two}) {
        const auto heard = world.hear(*transport, Channel::data, for_all.size());
        BOOST_TEST((texts(heard) == for_all));
        BOOST_CHECK(std::ranges::all_of(heard, [&](const Heard& h) { return h.from == sender.local(); }));
    }
}

BOOST_AUTO_TEST_CASE(ends_with_different_ways_understand_one_another) {
    World world;
    std::vector<GroupTransport> all;
    for (const net::IoModes& mode : test::io_modes) all.push_back(world.open(world.options(mode)));
    const Run run{1472, 60, 100};
    std::vector<std::string> wanted;
    run.expect(wanted);
    for (GroupTransport& sender : all) {
        const Sending sending = run.to(sender.targets(wire::Lane::data)[0].to);
        BOOST_TEST(sender.send({&sending, 1}).done == 1U);
        for (GroupTransport& receiver : all)
            BOOST_TEST((texts(world.hear(receiver, Channel::data, wanted.size())) == wanted));
    }
}

BOOST_DATA_TEST_CASE(a_socket_that_fills_up_in_the_middle_loses_nothing_and_keeps_the_order, modes, mode) {
    test::in_private_network("tc qdisc add dev lo root tbf rate 20mbit burst 64k limit 4m", [&] {
        World world;
        GroupTransport sender = world.open(world.options(mode));
        GroupTransport receiver = world.open(world.options(mode));
        const std::vector<Run> runs{{1472, 300, 1000}, {1400, 1, 1400}, {1472, 200, 1472}, {600, 500, 1}};
        std::vector<Sending> sends;
        std::vector<std::string> wanted;
        for (const Run& run : runs) {
            sends.push_back(run.to(receiver.local()));
            run.expect(wanted);
        }
        std::vector<std::string> heard;
        std::size_t blocked = 0;
        std::size_t parts = 0;
        std::span<Sending> left{sends};
        while (!left.empty() || heard.size() < wanted.size()) {
            const auto progress = sender.send(left);
            left = left.subspan(progress.done);
            if (progress.part > 0) left[0].bytes = left[0].bytes.subspan(progress.part);
            if (progress.blocked) ++blocked;
            if (progress.part > 0) ++parts;
            for (const Heard& h : world.hear(receiver, Channel::unicast, 1, false)) heard.push_back(h.text);
        }
        BOOST_TEST(blocked > 1U);
        BOOST_TEST(parts > 1U);
        const auto differ = std::ranges::mismatch(heard, wanted);
        BOOST_TEST((heard == wanted), "differs at " << differ.in1 - heard.begin() << " of " << wanted.size()
                                                    << ", heard " << heard.size());
        BOOST_TEST(sender.sent().failed == 0U);
    });
}

BOOST_AUTO_TEST_CASE(a_device_that_cannot_cut_groups_up_ends_them_and_loses_nothing) {
    // No group can be made of datagrams that the device would have to fragment; one by one they pass.
    test::in_private_network("ip link set lo mtu 1300", [] {
        World world;
        GroupTransport sender = world.open(world.options({}));
        GroupTransport receiver = world.open(world.options({}));
        const std::vector<Run> runs{{1000, 10, 1000}, {1472, 100, 10}, {1000, 10, 1000}};
        std::vector<Sending> sends;
        std::vector<std::string> wanted;
        for (const Run& run : runs) {
            sends.push_back(run.to(receiver.local()));
            run.expect(wanted);
        }
        BOOST_TEST(sender.io().send == IoMode::segmented);
        BOOST_TEST(sender.send(sends).done == sends.size());
        BOOST_TEST((texts(world.hear(receiver, Channel::unicast, wanted.size())) == wanted));
        BOOST_TEST(sender.io().send == IoMode::batch);
        BOOST_TEST(sender.sent().failed == 0U);
        BOOST_TEST(sender.sent().messages == 1U + 100U + 10U);
    });
}

BOOST_AUTO_TEST_CASE(a_target_that_takes_nothing_does_not_end_groups) {
    World world;
    GroupTransport sender = world.open(world.options({}));
    GroupTransport receiver = world.open(world.options({}));
    const Run run{1000, 10, 1000};
    const std::vector<Sending> sends{run.to({0x7f000001, 0}), run.to(receiver.local())}; // port 0: EINVAL
    BOOST_TEST(sender.send(sends).done == 2U);
    std::vector<std::string> wanted;
    run.expect(wanted);
    BOOST_TEST((texts(world.hear(receiver, Channel::unicast, 10)) == wanted));
    BOOST_TEST(sender.io().send == IoMode::segmented);
    BOOST_TEST(sender.sent().failed == 10U);
    BOOST_TEST(sender.sent().messages == 1U);
}

BOOST_AUTO_TEST_CASE(without_the_batch_calls_plain_ones_do) {
    test::without_system_calls({SYS_sendmmsg, SYS_recvmmsg}, [] {
        World world;
        GroupTransport sender = world.open(world.options({}));
        GroupTransport receiver = world.open(world.options({}));
        const Run run{1472, 50, 3};
        const Sending sending = run.to(receiver.local());
        BOOST_TEST(sender.send({&sending, 1}).done == 1U);
        std::vector<std::string> wanted;
        run.expect(wanted);
        BOOST_TEST((texts(world.hear(receiver, Channel::unicast, wanted.size())) == wanted));
        BOOST_TEST(sender.io().send == IoMode::plain);
        BOOST_TEST(sender.sent().failed == 0U);
        BOOST_TEST(receiver.received(Channel::unicast).errors == 0U);
    });
}

BOOST_DATA_TEST_CASE(a_run_for_two_interfaces_leaves_by_both, modes, mode) {
    test::in_private_network(
        "ip link add a0 type veth peer name b0 && ip link add a1 type veth peer name b1 && "
        "ip addr add 10.9.0.1/24 dev a0 && ip addr add 10.9.1.1/24 dev a1 && "
        "ip link set a0 up && ip link set a1 up && ip link set b0 up && ip link set b1 up",
        [&] {
            World world;
            auto options = world.options(mode);
            options.interfaces.patterns = {"a*"};
            GroupTransport both = world.open(options);
            const Run run{1472, 20, 5};
            std::vector<Sending> sends;
            for (const net::Target& target : both.targets(wire::Lane::data)) {
                sends.push_back(run.to(target.to));
                sends.back().interface = target.interface;
            }
            BOOST_TEST_REQUIRE(sends.size() == 2U);
            BOOST_TEST(both.send(sends).done == 2U);
            std::vector<std::string> wanted;
            run.expect(wanted);
            run.expect(wanted);
            const auto heard = world.hear(both, Channel::data, 40); // its own, once on each
            BOOST_TEST((texts(heard) == wanted));
            BOOST_TEST(heard.front().from.address == 0x0a090001U);
            BOOST_TEST(heard.back().from.address == 0x0a090101U);
        });
}

BOOST_AUTO_TEST_SUITE_END()
