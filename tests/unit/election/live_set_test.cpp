#include "unit/election/bully_story.hpp"

using namespace cp;
using namespace cp::test;

BOOST_AUTO_TEST_SUITE(live_set)

BOOST_AUTO_TEST_CASE(is_bounded) {
    election::LiveSet peers;
    for (std::uint32_t id = 1; id <= limits::members_max; ++id)
        BOOST_TEST_REQUIRE(peers.add(start, NodeId{id}));
    BOOST_TEST(!peers.add(start, NodeId{1000}));
    BOOST_TEST((peers.highest()->id == NodeId{limits::members_max}));
    peers.remove(NodeId{7});
    BOOST_TEST(peers.add(start, NodeId{1000}));
    BOOST_TEST(peers.count_above({NodeId{limits::members_max}}) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
