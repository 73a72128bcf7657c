#include "store/key.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp::store;

BOOST_AUTO_TEST_SUITE(keys)

BOOST_AUTO_TEST_CASE(ordinary_keys_are_allowed) {
    for (const char* key :
         {"a", "users/alice/profile.json", "users/.bob/x", "a..b", "...", "Foto mit Umlaut ä.png"}) {
        BOOST_TEST(is_key(key), key);
    }
}

BOOST_AUTO_TEST_CASE(what_leaves_the_root_or_names_nothing_is_refused) {
    for (const char* key : {"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/..", "a/../b", "a/./b", "a\nb",
                            "a\x7f", "\xff", "a/.cloudp2p-tmp-1", ".cloudp2p-lock"}) {
        BOOST_TEST(!is_key(key), key);
    }
    BOOST_TEST(!is_key(std::string_view{"a\0b", 3}));
}

BOOST_AUTO_TEST_CASE(length_is_bounded_for_the_key_and_for_each_component) {
    const std::string component(key_component_max, 'x');
    BOOST_TEST(is_key(component));
    BOOST_TEST(!is_key(component + 'x'));
    const std::string longest = component + '/' + component + '/' + component + '/' + component + "/";
    BOOST_TEST(longest.size() == key_max);
    BOOST_TEST(is_key(longest.substr(0, key_max - 1)));
    BOOST_TEST(!is_key(longest + "x"));
}

BOOST_AUTO_TEST_CASE(a_prefix_may_be_empty_or_end_with_a_slash) {
    for (const char* prefix : {"", "us", "users/", "users/al"}) BOOST_TEST(is_key_prefix(prefix), prefix);
    for (const char* prefix : {"//", "../", "/users", "a//"}) BOOST_TEST(!is_key_prefix(prefix), prefix);
}

BOOST_AUTO_TEST_CASE(a_sent_image_is_named_by_request_client_and_time) {
    BOOST_TEST(send_image_key(0x3f2a1b4c5d6e7f8a, "127.0.0.1:41231", 1730738456, "png") ==
               "3f2a1b4c5d6e7f8a_127.0.0.1-41231_1730738456.png");
    BOOST_TEST(send_image_key(7, "::1", 1, "jpg") == "0000000000000007_--1_1.jpg");
    BOOST_TEST(is_key(send_image_key(7, "../../etc\n", 1, "p/g")));
}

BOOST_AUTO_TEST_SUITE_END()
