#include "store/inventory.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::store;

using Keys = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(inventory)

BOOST_AUTO_TEST_CASE(lists_survive_their_way) {
    const Inventory all{{"users/alice/profile.json", 7}, {"users/bob/images/1.png", 0xffffffffffffffff}};
    BOOST_TEST((decode_inventory(encode(all)).value() == all));
    BOOST_TEST(decode_inventory({})->empty());
    BOOST_TEST(decode_keys(encode(Keys{"a", "b/c"})).value() == (Keys{"a", "b/c"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(cut_lists_and_keys_that_lead_elsewhere_are_refused) {
    const Bytes whole = encode(Inventory{{"a/b", 1}});
    for (std::size_t size = 1; size < whole.size(); ++size)
        BOOST_TEST((decode_inventory(ByteView{whole}.first(size)).error() == errc::truncated), size);
    for (const char* key : {"../a", "", "/a", ".cloudp2p-store"}) {
        BOOST_TEST((decode_inventory(encode(Inventory{{key, 1}})).error() == errc::bad_field), key);
        BOOST_TEST((decode_keys(encode(Keys{key})).error() == errc::bad_field), key);
    }
}

BOOST_AUTO_TEST_CASE(what_the_other_lacks_is_given_and_what_only_it_has_is_wanted) {
    const Difference found =
        compare({{"both", 1}, {"changed", 1}, {"ours", 1}}, {{"both", 1}, {"changed", 2}, {"theirs", 1}});
    BOOST_TEST(found.give == (Keys{"changed", "ours"}), boost::test_tools::per_element());
    BOOST_TEST(found.want == Keys{"theirs"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
