#include "client_app/mailbox.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using cp::client::Mailbox;

BOOST_AUTO_TEST_SUITE(mailbox)

BOOST_AUTO_TEST_CASE(gives_items_in_the_order_in_which_they_came) {
    Mailbox<int> box;
    box.put(1);
    box.put(2);
    BOOST_TEST(box.take(never).value() == 1);
    BOOST_TEST(box.take(never).value() == 2);
    BOOST_TEST(!box.take(net::now()).has_value());
}

BOOST_AUTO_TEST_CASE(a_wake_up_comes_only_when_nothing_else_wakes) {
    Mailbox<int> box;
    for (int i = 0; i < 1000; ++i) box.put_if_empty(7);
    BOOST_TEST(box.take_all().size() == 1U);
    box.put(1);
    box.put_if_empty(7);
    BOOST_TEST(box.take_all().size() == 1U);
    box.put_if_empty(7);
    BOOST_TEST(box.take(never).value() == 7);
}

BOOST_AUTO_TEST_CASE(take_all_leaves_nothing) {
    Mailbox<int> box;
    box.put(1);
    box.put(2);
    const auto all = box.take_all();
    BOOST_TEST(all.size() == 2U);
    BOOST_TEST(all.back() == 2);
    BOOST_TEST(box.take_all().empty());
}

BOOST_AUTO_TEST_SUITE_END()
