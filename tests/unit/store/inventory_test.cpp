#include "store/inventory.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::store;

using Keys = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(inventory)

BOOST_AUTO_TEST_CASE(lists_survive_their_way) {
    const Inventory all{{"users/alice/profile.json", {1, 7}},
                        {"users/bob/images/1.png", {2, 0xffffffffffffffff}}};
    BOOST_TEST((decode_inventory(encode(all)).value() == all));
    BOOST_TEST(decode_inventory({})->empty());
    BOOST_TEST(decode_keys(encode(Keys{"a", "b/c"})).value() == (Keys{"a", "b/c"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(cut_lists_and_keys_that_lead_elsewhere_are_refused) {
    const Bytes whole = encode(Inventory{{"a/b", {1, 1}}});
    for (std::size_t size = 1; size < whole.size(); ++size)
        BOOST_TEST((decode_inventory(ByteView{whole}.first(size)).error() == errc::truncated), size);
    for (const char* key : {"../a", "", "/a", ".cloudp2p-store"}) {
        BOOST_TEST((decode_inventory(encode(Inventory{{key, {1, 1}}})).error() == errc::bad_field), key);
        BOOST_TEST((decode_keys(encode(Keys{key})).error() == errc::bad_field), key);
    }
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_older_there_is_given_and_both_sides_agree_about_it) {
    const Inventory ours{
        {"both", {1, 1}}, {"newer", {2, 1}}, {"older", {1, 2}}, {"ours", {1, 1}}, {"same time", {1, 2}}};
    const Inventory theirs{
        {"both", {9, 1}}, {"newer", {1, 2}}, {"older", {2, 1}}, {"same time", {1, 1}}, {"theirs", {1, 1}}};
    const Difference found = compare(ours, theirs);
    BOOST_TEST(found.give == (Keys{"newer", "ours", "same time"}), boost::test_tools::per_element());
    BOOST_TEST(found.want == (Keys{"older", "theirs"}), boost::test_tools::per_element());
    const Difference mirrored = compare(theirs, ours);
    BOOST_TEST(mirrored.give == found.want, boost::test_tools::per_element());
    BOOST_TEST(mirrored.want == found.give, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
