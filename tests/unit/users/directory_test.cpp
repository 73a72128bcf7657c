#include "support/print.hpp"
#include "support/temp_folder.hpp"
#include "users/directory.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <thread>

using namespace cp;
using namespace cp::users;
using cp::test::TempFolder;

namespace {

using Names = std::vector<std::string>;

struct Fixture {
    TempFolder folder;
    std::unique_ptr<store::ObjectStore> store =
        store::open_store("dir:" + (folder / "store").native()).value();
    Directory directory{*store};

    static web::Profile profile(const std::string& user, const std::string& id,
                                const std::string& addr = "h:1") {
        return {id, user, addr, "2026-01-31T12:00:00Z"};
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(directory, Fixture)

BOOST_AUTO_TEST_CASE(a_user_keeps_the_first_id_and_moves_to_the_last_address) {
    BOOST_TEST(directory.register_user(profile("alice", "id-1", "h:1"))->id == "id-1");
    const auto again = directory.register_user(profile("alice", "id-2", "h:2"));
    BOOST_TEST(again->id == "id-1");
    BOOST_TEST(again->addr == "h:2");
    const auto users = directory.users();
    BOOST_TEST_REQUIRE(users->size() == 1U);
    BOOST_TEST(users->front().addr == "h:2");
    BOOST_TEST(users->front().id == "id-1");
}

BOOST_AUTO_TEST_CASE(racing_registrations_of_one_name_get_one_id) {
    std::vector<std::string> ids(8);
    {
        std::vector<std::jthread> racers;
        for (std::size_t i = 0; i < ids.size(); ++i)
            racers.emplace_back([&, i] {
                const auto made = directory.register_user(
                    profile("alice", "id-" + std::to_string(i), "h:" + std::to_string(i + 1)));
                ids[i] = made ? made->id : made.error().line;
            });
    }
    BOOST_TEST(std::set<std::string>(ids.begin(), ids.end()).size() == 1U);
    BOOST_TEST(directory.users()->front().id == ids[0]);
}

BOOST_AUTO_TEST_CASE(users_are_listed_by_name_without_what_is_no_profile) {
    for (const char* name : {"carol", "alice", "bob"})
        BOOST_TEST(directory.register_user(profile(name, "x")).has_value());
    BOOST_TEST(store->put("users/dave/profile.json", as_bytes("not json"), store::PutIf::any).has_value());
    BOOST_TEST(store->put("users/erin/images/1-00000000.png", as_bytes("x"), store::PutIf::any).has_value());
    Names names;
    for (const auto& user : *directory.users()) names.push_back(user.username);
    BOOST_TEST(names == (Names{"alice", "bob", "carol"}), boost::test_tools::per_element());
    BOOST_TEST(*directory.registered("bob"));
    BOOST_TEST(!*directory.registered("erin"));
}

BOOST_AUTO_TEST_CASE(images_are_listed_oldest_first_whatever_their_names_sort_like) {
    for (const char* file : {"1000-00000002.png", "999-00000001.png", "1000-00000001.jpg"})
        BOOST_TEST(directory.add_image("alice", file, as_bytes("x")).has_value());
    BOOST_TEST(directory.put_image("alice", "portrait.png", as_bytes("x")).has_value()); // dated by its put
    BOOST_TEST(store->put("users/alice/images/deeper/1.png", as_bytes("x"), store::PutIf::any).has_value());
    BOOST_TEST(*directory.images("alice") ==
                   (Names{"999-00000001.png", "1000-00000001.jpg", "1000-00000002.png", "portrait.png"}),
               boost::test_tools::per_element());
    BOOST_TEST(directory.images("nobody")->empty());
}

BOOST_AUTO_TEST_CASE(an_image_is_added_once_and_replaced_when_asked_to) {
    BOOST_TEST(directory.add_image("alice", "a.png", as_bytes("1")).has_value());
    BOOST_TEST((directory.add_image("alice", "a.png", as_bytes("2")).error().code == errc::exists));
    BOOST_TEST(as_text(directory.image("alice", "a.png")->view()) == "1");
    BOOST_TEST(directory.put_image("alice", "a.png", as_bytes("3")).has_value());
    BOOST_TEST(as_text(directory.image("alice", "a.png")->view()) == "3");
    BOOST_TEST((directory.image("alice", "b.png").error().code == errc::not_found));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(ids_and_dates_have_the_standard_form) {
    std::array<std::byte, 16> ones{};
    ones.fill(std::byte{0xff});
    BOOST_TEST(uuid_text(ones) == "ffffffff-ffff-4fff-bfff-ffffffffffff");
    BOOST_TEST(uuid_text({}) == "00000000-0000-4000-8000-000000000000");
    BOOST_TEST(utc_text(0) == "1970-01-01T00:00:00Z");
    BOOST_TEST(utc_text(1'730'738'456) == "2024-11-04T16:40:56Z");
}
