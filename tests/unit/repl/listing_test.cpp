#include "repl/listing.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp::client;

BOOST_AUTO_TEST_SUITE(listings)

BOOST_AUTO_TEST_CASE(users_stand_in_two_columns_and_in_one_object) {
    const Listing listing = online_listing({{"alice", "10.0.0.1:1"}, {"bo", "10.0.0.2:2"}});
    BOOST_TEST(listing.text == "2 users online:\n  alice  10.0.0.1:1\n  bo     10.0.0.2:2\n");
    BOOST_TEST(listing.json ==
               R"({"event":"online","online_clients":[{"username":"alice","addr":"10.0.0.1:1"},)"
               R"({"username":"bo","addr":"10.0.0.2:2"}],"count":2})");
    BOOST_TEST(online_listing({}).text == "Nobody is online\n");
    BOOST_TEST(
        users_listing({{"a", "h:1", "id", "t"}}).json ==
        R"({"event":"users","users":[{"id":"id","username":"a","addr":"h:1","registered_at":"t"}],"count":1})");
}

BOOST_AUTO_TEST_CASE(what_comes_from_the_network_cannot_move_the_cursor) {
    BOOST_TEST(online_listing({{"a\x1b[2J", "h\n:1"}}).text.find('\x1b') == std::string::npos);
    BOOST_TEST(gallery_listing("alice", {"1.png\r"}).text == "1 image of alice:\n  1.png\\r\n");
}

BOOST_AUTO_TEST_CASE(images_are_named_one_a_line) {
    const Listing listing = gallery_listing("alice", {"1.png", "2.png"});
    BOOST_TEST(listing.text == "2 images of alice:\n  1.png\n  2.png\n");
    BOOST_TEST(listing.json ==
               R"({"event":"gallery","username":"alice","images":["1.png","2.png"],"count":2})");
    BOOST_TEST(gallery_listing("alice", {}).text == "0 images of alice\n");
}

BOOST_AUTO_TEST_SUITE_END()
