// What an engine must do whatever it is, and users on it: on the store of CP_STORE_URL, else on a folder.
// Every case works below a prefix of its own, so that a store may be used again.
#include "base/ids.hpp"
#include "files/entropy.hpp"
#include "store/object_store.hpp"
#include "support/print.hpp"
#include "support/temp_folder.hpp"
#include "users/directory.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdlib>
#include <iostream>
#include <thread>

using namespace cp;
using namespace cp::store;

namespace {

using Keys = std::vector<std::string>;

// Opened once: the probe of a distant engine takes a while.
ObjectStore& engine() {
    static const test::TempFolder folder;
    static const std::unique_ptr<ObjectStore> store = [] {
        const Environment environment = environment_of_this_process();
        const std::string_view url = value_of(environment, "CP_STORE_URL");
        auto opened =
            open_store(url.empty() ? "dir:" + (folder / "store").native() : std::string{url}, environment);
        if (!opened) throw std::runtime_error{opened.error().line};
        const Caps caps = (*opened)->caps();
        std::cout << (*opened)->url() << ": only creates " << caps.create_only << ", only replaces "
                  << caps.replace_only << ", lists at once " << caps.consistent_list << '\n';
        return std::move(*opened);
    }();
    return *store;
}

std::string unique_name() {
    std::array<std::byte, 8> random{};
    fill_random(random);
    return "t" + to_hex(random);
}

struct Fixture {
    ObjectStore& store = engine();
    std::string root = unique_name() + '/';

    ~Fixture() {
        if (const auto all = store.list(root, {}))
            for (const ObjectInfo& info : *all) (void)store.del(info.key);
    }
    std::string at(std::string_view key) const { return root + std::string{key}; }
    void put(std::string_view key, std::string_view text = "x") {
        const auto put = store.put(at(key), as_bytes(text), PutIf::any);
        BOOST_TEST(put.has_value(), (put ? "" : put.error().line));
    }
    std::string text(std::string_view key, ByteRange range = {}) {
        const auto got = store.get(at(key), range);
        return got ? std::string{as_text(got->view())} : got.error().line;
    }
    Keys keys(std::string_view prefix, std::string_view after = {}) {
        const auto page = store.list(at(prefix), after.empty() ? std::string{} : at(after));
        if (!page) throw std::runtime_error{page.error().line};
        Keys out;
        for (const ObjectInfo& info : *page) out.push_back(info.key.substr(root.size()));
        return out;
    }
};

// Of eight at once; each is told whether it won.
template <class Function>
int winners(Function wins) {
    std::array<bool, 8> won{};
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < won.size(); ++i) threads.emplace_back([&, i] { won[i] = wins(i); });
    }
    return static_cast<int>(std::count(won.begin(), won.end(), true));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(every_engine, Fixture)

BOOST_AUTO_TEST_CASE(gives_back_what_was_put_and_describes_it) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    put("a.bin", bytes);
    BOOST_TEST((text("a.bin") == bytes));
    const auto info = store.head(at("a.bin"));
    BOOST_TEST_REQUIRE(info.has_value());
    BOOST_TEST(info->key == at("a.bin"));
    BOOST_TEST(info->bytes == 256U);
    BOOST_TEST(info->modified_unix_s > 1'700'000'000);
    BOOST_TEST(!info->etag.empty());
    put("empty", "");
    BOOST_TEST(store.head(at("empty"))->bytes == 0U);
    BOOST_TEST(text("empty").empty());
}

BOOST_AUTO_TEST_CASE(keeps_keys_that_an_encoder_could_spoil) {
    for (const char* key :
         {"a b+c", "tilde~(1)!*'", "100%/%41", "q?x=1&y#z", "ümlaut/日本/😀", "a;b,c:d@e$f"}) {
        put(key, key);
        BOOST_TEST(text(key) == key);
        BOOST_TEST(keys(key) == Keys{key}, boost::test_tools::per_element());
        BOOST_TEST(store.del(at(key)).has_value());
        BOOST_TEST((store.head(at(key)).error().code == errc::not_found));
    }
}

BOOST_AUTO_TEST_CASE(keeps_an_object_of_several_megabytes) {
    Bytes large(5 << 20);
    fill_random(large);
    BOOST_TEST(store.put(at("large"), large, PutIf::any).has_value());
    const auto got = store.get(at("large"));
    BOOST_TEST_REQUIRE(got.has_value());
    BOOST_TEST((got->size() == large.size() && std::equal(large.begin(), large.end(), got->view().begin())));
}

BOOST_AUTO_TEST_CASE(reads_a_part_and_cuts_off_what_lies_behind_the_end) {
    put("a", "0123456789");
    BOOST_TEST(text("a", {2, 3}) == "234");
    BOOST_TEST(text("a", {8, 100}) == "89");
    BOOST_TEST(text("a", {4, ByteRange{}.count}) == "456789");
    BOOST_TEST(text("a", {10, 1}).empty());
    BOOST_TEST(text("a", {1000, 1}).empty());
    BOOST_TEST(text("a", {3, 0}).empty());
}

BOOST_AUTO_TEST_CASE(does_not_find_what_is_not_there_and_deletes_it_gladly) {
    BOOST_TEST((store.get(at("none")).error().code == errc::not_found));
    BOOST_TEST((store.head(at("none")).error().code == errc::not_found));
    BOOST_TEST(store.head(at("none")).error().line == at("none") + ": no such object");
    BOOST_TEST(store.del(at("none")).has_value());
    BOOST_TEST((store.get("../secret").error().code == errc::bad_field));
    BOOST_TEST((store.put("a\nb", as_bytes("x"), PutIf::any).error().code == errc::bad_field));
}

BOOST_AUTO_TEST_CASE(put_replaces_unless_absence_is_the_condition) {
    BOOST_TEST(store.put(at("a"), as_bytes("1"), PutIf::absent).has_value());
    BOOST_TEST((store.put(at("a"), as_bytes("2"), PutIf::absent).error().code == errc::exists));
    BOOST_TEST(text("a") == "1");
    put("a", "3");
    BOOST_TEST(text("a") == "3");
}

BOOST_AUTO_TEST_CASE(replaces_only_what_has_not_changed_since_it_was_looked_at) {
    put("a", "1");
    const std::string tag = store.head(at("a"))->etag;
    BOOST_TEST(store.put(at("a"), as_bytes("2"), PutIf::unchanged(tag)).has_value());
    BOOST_TEST((store.put(at("a"), as_bytes("3"), PutIf::unchanged(tag)).error().code == errc::conflict));
    BOOST_TEST((store.put(at("b"), as_bytes("3"), PutIf::unchanged(tag)).error().code == errc::conflict));
    BOOST_TEST(text("a") == "2");
    const auto listed = store.list(at("a"), {});
    BOOST_TEST_REQUIRE(listed.has_value());
    BOOST_TEST_REQUIRE(listed->size() == 1U);
    BOOST_TEST(listed->front().etag == store.head(at("a"))->etag);
}

BOOST_AUTO_TEST_CASE(of_eight_racing_creators_one_wins_where_the_engine_says_so) {
    if (!store.caps().create_only) return;
    for (int round = 0; round < 4; ++round) {
        const std::string key = at("round-" + std::to_string(round));
        BOOST_TEST(winners([&](std::size_t i) {
                       return store.put(key, as_bytes(std::to_string(i)), PutIf::absent).has_value();
                   }) == 1);
    }
}

BOOST_AUTO_TEST_CASE(of_eight_racing_replacements_one_wins_where_the_engine_says_so) {
    if (!store.caps().replace_only) return;
    put("a", "start");
    const std::string tag = store.head(at("a"))->etag;
    BOOST_TEST(winners([&](std::size_t i) {
                   const std::string bytes = "by " + std::to_string(i);
                   return store.put(at("a"), as_bytes(bytes), PutIf::unchanged(tag)).has_value();
               }) == 1);
}

BOOST_AUTO_TEST_CASE(lists_keys_in_byte_order_below_a_prefix) {
    for (const char* key : {"u/bob/1", "u/alice/2", "u/alice/1", "u-old", "u/alice.txt", "z"}) put(key);
    BOOST_TEST(keys("") == (Keys{"u-old", "u/alice.txt", "u/alice/1", "u/alice/2", "u/bob/1", "z"}),
               boost::test_tools::per_element());
    BOOST_TEST(keys("u/alice/") == (Keys{"u/alice/1", "u/alice/2"}), boost::test_tools::per_element());
    BOOST_TEST(keys("u/al") == (Keys{"u/alice.txt", "u/alice/1", "u/alice/2"}),
               boost::test_tools::per_element());
    BOOST_TEST(keys("u/", "u/alice/1") == (Keys{"u/alice/2", "u/bob/1"}), boost::test_tools::per_element());
    BOOST_TEST(keys("none/").empty());
    BOOST_TEST(keys("", "z").empty());
}

BOOST_AUTO_TEST_CASE(lists_the_folders_directly_below_in_the_order_of_their_names) {
    for (const char* key : {"u/a/1", "u/a-b/1", "u/a-b/c/2", "u/a.b/1", "u/b/1", "u/b/images/1", "u/file"})
        put(key);
    BOOST_TEST(*store.list_folders(at("u/"), {}) == (Keys{"a", "a-b", "a.b", "b"}),
               boost::test_tools::per_element());
    BOOST_TEST(*store.list_folders(at("u/"), "a") == (Keys{"a-b", "a.b", "b"}),
               boost::test_tools::per_element());
    BOOST_TEST(*store.list_folders(at("u/"), "a-b") == (Keys{"a.b", "b"}), boost::test_tools::per_element());
    BOOST_TEST(store.list_folders(at("u/"), "b")->empty());
    BOOST_TEST(store.list_folders(at("none/"), {})->empty());
}

BOOST_AUTO_TEST_CASE(lists_page_by_page) {
    constexpr std::size_t count = list_page_max + 5;
    Keys all;
    for (std::size_t i = 0; i < count; ++i) all.push_back("k" + std::to_string(10'000 + i));
    {
        std::vector<std::jthread> threads;
        for (std::size_t part = 0; part < 8; ++part)
            threads.emplace_back([&, part] {
                for (std::size_t i = part; i < count; i += 8) (void)store.put(at(all[i]), {}, PutIf::any);
            });
    }
    Keys seen;
    for (Keys page = keys(""); !page.empty(); page = keys("", page.back())) {
        BOOST_TEST_REQUIRE(page.size() <= list_page_max);
        seen.insert(seen.end(), page.begin(), page.end());
    }
    BOOST_TEST((seen == all));
    std::vector<std::jthread> threads;
    for (std::size_t part = 0; part < 8; ++part)
        threads.emplace_back([&, part] {
            for (std::size_t i = part; i < count; i += 8) (void)store.del(at(all[i]));
        });
}

BOOST_AUTO_TEST_CASE(two_that_register_a_name_at_the_same_time_get_one_id) {
    const std::string user = unique_name();
    users::DirectoryOptions options;
    options.one_leader = true; // what Swift needs; then one node registers, as here
    users::Directory first{store, options};
    users::Directory second{store, options};
    const bool several = first.registration() != users::Registration::leader;
    std::array<std::string, 6> ids{};
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < ids.size(); ++i)
            threads.emplace_back([&, i] {
                users::Directory& directory = several && i % 2 == 1 ? second : first;
                const web::Profile fresh{"id-" + std::to_string(i), user, "h:" + std::to_string(i + 1),
                                         "2026-01-31T12:00:00Z"};
                auto made = directory.register_user(fresh, 7 - i % 2);
                // A busy machine is too slow to be sure, and s3rver shows files that are half written: a
                // client that is told so asks again.
                for (int tries = 0; tries < 10 && !made; ++tries)
                    made = directory.register_user(fresh, 7 - i % 2);
                ids[i] = made ? made->id : made.error().line;
            });
    }
    for (const std::string& id : ids) BOOST_TEST(id == ids[0]);
    const web::Profile late{"id-late", user, "h:99", "2026-01-31T12:00:00Z"};
    const auto again = second.register_user(late, 1);
    BOOST_TEST_REQUIRE(again.has_value());
    BOOST_TEST(again->id == ids[0]);
    BOOST_TEST(again->addr == "h:99");
    BOOST_TEST(*first.registered(user));
    BOOST_TEST(store.list(users::claims_prefix(user), {})->size() <= 1U);
    for (const ObjectInfo& info : *store.list("users/" + user + '/', {})) (void)store.del(info.key);
}

BOOST_AUTO_TEST_SUITE_END()
