#include "node_core/node_core.hpp"
#include "wire/codec.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace cp;

namespace {

node::NodeConfig config() {
    node::NodeConfig out;
    out.id = NodeId{1};
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(presence)

BOOST_AUTO_TEST_CASE(however_many_users_are_online_each_datagram_fits_and_nobody_is_left_out) {
    node::NodeCore core{config(), TimePoint{}};
    std::vector<wire::PresenceEntry> entries;
    for (int i = 0; i < 500; ++i)
        entries.push_back(
            {"user-" + std::to_string(i), std::string(static_cast<std::size_t>(i % 120) + 4, 'a'), 1});
    wire::Outbox out;
    core.tell_presence(entries, out);

    std::set<std::string> told;
    for (const auto& item : out.items()) {
        std::array<std::byte, limits::control_body_max> body{};
        BOOST_TEST(wire::encode(item.message, body).has_value());
        for (const auto& entry : std::get<wire::Presence>(item.message).entries) told.insert(entry.user);
    }
    BOOST_TEST(told.size() == entries.size());
    BOOST_TEST(out.items().size() < 60U);
}

BOOST_AUTO_TEST_CASE(nobody_online_is_not_worth_a_datagram) {
    const node::NodeCore core{config(), TimePoint{}};
    wire::Outbox out;
    core.tell_presence({}, out);
    BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_SUITE_END()
