#include "net/interfaces.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace cp;
using net::Interface;

namespace {

constexpr std::uint32_t address(std::uint32_t last) { return 0x0a000000 + last; } // 10.0.0.x

std::vector<Interface> machine() {
    return {
        {.name = "lo", .index = 1, .addresses = {0x7f000001}, .mtu = 65536, .up = true, .loopback = true},
        {.name = "eth0",
         .index = 2,
         .addresses = {address(1), address(9)},
         .mtu = 1500,
         .up = true,
         .multicast = true},
        {.name = "eth1", .index = 3, .addresses = {address(2)}, .mtu = 1500, .up = false, .multicast = true},
        {.name = "docker0",
         .index = 4,
         .addresses = {address(3)},
         .mtu = 1500,
         .up = true,
         .multicast = true},
        {.name = "tun0", .index = 5, .addresses = {address(4)}, .mtu = 1400, .up = true},
        {.name = "eth2", .index = 6, .mtu = 1500, .up = true, .multicast = true},
    };
}

std::string names(const Outcome<std::vector<Interface>>& chosen) {
    if (!chosen) return "error: " + chosen.error().line;
    std::string text;
    for (const Interface& interface : *chosen) text += (text.empty() ? "" : " ") + interface.name;
    return text;
}

std::string choose(const net::InterfaceChoice& choice) {
    return names(net::choose_interfaces(machine(), choice));
}

} // namespace

BOOST_AUTO_TEST_SUITE(interfaces)

BOOST_AUTO_TEST_CASE(nothing_asked_for_is_loopback) { BOOST_TEST(choose({}) == "lo"); }

BOOST_AUTO_TEST_CASE(lan_is_what_is_up_can_multicast_and_has_an_address) {
    BOOST_TEST(choose({.lan = true}) == "eth0 docker0");
}

BOOST_AUTO_TEST_CASE(exclusions_narrow_the_lan) {
    BOOST_TEST(choose({.lan = true, .patterns = {"!docker*"}}) == "eth0");
}

BOOST_AUTO_TEST_CASE(patterns_decide_even_when_lan_is_set) {
    BOOST_TEST(choose({.lan = true, .patterns = {"docker0"}}) == "docker0");
    BOOST_TEST(choose({.patterns = {"eth*", "lo"}}) == "lo eth0");
    BOOST_TEST(choose({.patterns = {"*", "!eth*", "!lo"}}) == "docker0");
}

BOOST_AUTO_TEST_CASE(an_own_address_names_its_interface) {
    BOOST_TEST(choose({.patterns = {"10.0.0.1"}}) == "eth0");
    BOOST_TEST(choose({.patterns = {"10.0.0.9"}}) == "eth0"); // its second one
    BOOST_TEST(choose({.lan = true, .patterns = {"!10.0.0.3"}}) == "eth0");
}

BOOST_AUTO_TEST_CASE(a_choice_that_leaves_nothing_says_what_there_is) {
    BOOST_TEST(choose({.patterns = {"wlan*"}}) ==
               "error: no usable interface matches wlan*: have lo, eth0, eth1 (is down), docker0, "
               "tun0 (cannot multicast), eth2 (has no IPv4 address)");
    const auto down = net::choose_interfaces(machine(), {.patterns = {"eth1"}});
    BOOST_REQUIRE(!down);
    BOOST_CHECK(down.error().code == errc::bad_config);
}

BOOST_AUTO_TEST_CASE(a_machine_without_interfaces_is_an_error_not_a_crash) {
    BOOST_TEST(names(net::choose_interfaces({}, {})) ==
               "error: the loopback interface is not usable: have none");
    BOOST_TEST(names(net::choose_interfaces({}, {.lan = true})) ==
               "error: no interface to a LAN is usable: have none");
}

BOOST_AUTO_TEST_CASE(loopback_only_means_all_of_them) {
    const auto all = machine();
    BOOST_TEST(net::loopback_only({all[0]}));
    BOOST_TEST(!net::loopback_only({all[0], all[1]}));
}

BOOST_AUTO_TEST_CASE(this_machine_lists_its_loopback) {
    const auto all = net::list_interfaces();
    const auto lo = std::ranges::find(all, true, &Interface::loopback);
    BOOST_REQUIRE(lo != all.end());
    BOOST_TEST(lo->index > 0U);
    BOOST_TEST(lo->mtu > 0U);
}

BOOST_AUTO_TEST_CASE(the_way_to_an_address_of_this_machine_is_loopback) {
    const auto all = net::list_interfaces();
    const Endpoint here{0x7f000001, 9};
    const Interface* way = net::interface_towards(all, here);
    BOOST_REQUIRE(way != nullptr);
    BOOST_TEST(way->loopback);
    BOOST_TEST(net::interface_towards({}, here) == nullptr);
    BOOST_TEST(net::interface_towards({Interface{.name = "eth0", .addresses = {0x0a000001}}}, here) ==
               nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
