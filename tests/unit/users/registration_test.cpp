#include "support/print.hpp"
#include "users/directory.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <map>

using namespace cp;
using namespace cp::users;
using namespace std::chrono_literals;
using store::Caps;
using store::ObjectInfo;
using store::PutIf;

namespace {

// A store in memory that knows no conditions. `before` runs ahead of each call, named for it.
class Plain final : public store::ObjectStore {
public:
    Outcome<void> put(std::string_view key, ByteView bytes, PutIf) override {
        before("put");
        objects[std::string{key}] = as_text(bytes);
        return {};
    }
    Outcome<Payload> get(std::string_view key, store::ByteRange) override {
        const auto found = objects.find(std::string{key});
        if (found == objects.end()) return Failure{errc::not_found, "none"};
        const ByteView bytes = as_bytes(found->second);
        return Payload{Bytes(bytes.begin(), bytes.end())};
    }
    using ObjectStore::get;
    Outcome<ObjectInfo> head(std::string_view key) override {
        if (!objects.contains(std::string{key})) return Failure{errc::not_found, "none"};
        return ObjectInfo{std::string{key}, 0, 0, 0, "tag"};
    }
    Outcome<std::vector<ObjectInfo>> list(std::string_view prefix, std::string_view) override {
        before("list");
        std::vector<ObjectInfo> out;
        for (const auto& [key, bytes] : objects)
            if (key.starts_with(prefix)) out.push_back({key, bytes.size(), 0, 0, ""});
        return out;
    }
    Outcome<std::vector<std::string>> list_folders(std::string_view, std::string_view) override {
        return std::vector<std::string>{};
    }
    Outcome<void> del(std::string_view key) override {
        objects.erase(std::string{key});
        return {};
    }
    Caps caps() const override { return caps_; }
    std::string url() const override { return "plain:"; }

    std::map<std::string, std::string> objects;
    Caps caps_{false, false, true};
    std::function<void(std::string_view)> before = [](std::string_view) {};
};

web::Profile profile(const std::string& id, const std::string& addr = "h:1") {
    return {id, "alice", addr, "2026-01-31T12:00:00Z"};
}

struct Fixture {
    Plain store;
    std::chrono::steady_clock::time_point now{};
    std::function<void()> while_waiting = [] {};
    DirectoryOptions options{false,
                             {500ms, [this] { return now; },
                              [this](std::chrono::milliseconds time) {
                                  now += time;
                                  while_waiting();
                              }}};
    Directory directory{store, options};

    std::size_t claims() const {
        return static_cast<std::size_t>(
            std::count_if(store.objects.begin(), store.objects.end(),
                          [](auto& o) { return o.first.starts_with(claims_prefix("alice")); }));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(registration, Fixture)

BOOST_AUTO_TEST_CASE(the_way_follows_from_what_the_store_can) {
    BOOST_TEST((registration_of({true, false, false}, false) == Registration::creation));
    BOOST_TEST((registration_of({false, true, true}, true) == Registration::claims));
    BOOST_TEST((registration_of({false, false, false}, true) == Registration::leader));
    BOOST_TEST((registration_of({false, false, false}, false) == Registration::none));
}

BOOST_AUTO_TEST_CASE(claims_sort_by_epoch_before_id) {
    BOOST_TEST(claim_key("alice", 7, "u") == "users/alice/claims/00000000000000000007-u");
    BOOST_TEST(claim_key("alice", 9, "z") < claim_key("alice", 10, "a"));
    BOOST_TEST(claim_key("alice", 9, "a") < claim_key("alice", 9, "b"));
    BOOST_TEST(claim_key("a", ~0ULL, "u").size() == claim_key("a", 0, "u").size());
}

BOOST_AUTO_TEST_CASE(a_claim_alone_wins_and_the_profile_is_its_copy) {
    BOOST_TEST(directory.register_user(profile("one"), 3)->id == "one");
    BOOST_TEST(store.objects.at("users/alice/profile.json") ==
               store.objects.at(claim_key("alice", 3, "one")));
    BOOST_TEST(directory.register_user(profile("two", "h:2"), 1)->id == "one"); // whatever its epoch
    BOOST_TEST(claims() == 1U);
}

BOOST_AUTO_TEST_CASE(of_two_claims_the_smaller_wins_and_the_loser_deletes_its_own) {
    while_waiting = [&] { // another node saw no claim either
        store.objects[claim_key("alice", 2, "other")] = web::to_json(profile("other", "h:9"));
    };
    const auto made = directory.register_user(profile("one"), 3);
    BOOST_TEST(made->id == "other");
    BOOST_TEST(made->addr == "h:1"); // where this user is now
    BOOST_TEST(claims() == 1U);
}

BOOST_AUTO_TEST_CASE(a_larger_claim_beside_ours_changes_nothing) {
    while_waiting = [&] { store.objects[claim_key("alice", 4, "other")] = web::to_json(profile("other")); };
    BOOST_TEST(directory.register_user(profile("one"), 3)->id == "one");
}

BOOST_AUTO_TEST_CASE(who_sees_a_claim_writes_none_and_waits_for_the_decision) {
    store.objects[claim_key("alice", 9, "first")] = web::to_json(profile("first"));
    BOOST_TEST(directory.register_user(profile("one"), 1)->id == "first"); // though its own would be smaller
    BOOST_TEST((now.time_since_epoch() == 500ms));
    BOOST_TEST(claims() == 1U);
    BOOST_TEST(store.objects.contains("users/alice/profile.json")); // the first one may have died
}

BOOST_AUTO_TEST_CASE(a_claim_that_took_too_long_is_withdrawn) {
    store.before = [&](std::string_view call) {
        if (call == "put") now += 501ms;
    };
    BOOST_TEST((directory.register_user(profile("one"), 1).error().code == errc::busy));
    BOOST_TEST(store.objects.empty());
}

BOOST_AUTO_TEST_CASE(a_claim_that_is_withdrawn_while_we_wait_means_try_again) {
    const std::string other = claim_key("alice", 9, "first");
    store.objects[other] = web::to_json(profile("first"));
    while_waiting = [&] { store.objects.erase(other); };
    BOOST_TEST((directory.register_user(profile("one"), 1).error().code == errc::busy));
    BOOST_TEST(store.objects.empty());
}

BOOST_AUTO_TEST_CASE(without_listings_up_to_date_registration_needs_a_quorum) {
    store.caps_.consistent_list = false;
    const auto refused = directory.register_user(profile("one"), 1);
    BOOST_TEST(refused.error().code == errc::bad_config);
    BOOST_TEST(refused.error().line.find("--quorum") != std::string::npos);
    options.one_leader = true;
    Directory with_quorum{store, options};
    BOOST_TEST(with_quorum.register_user(profile("one"), 1)->id == "one");
    BOOST_TEST(with_quorum.register_user(profile("two"), 1)->id == "one");
    BOOST_TEST(directory.register_user(profile("three"), 1)->id == "one"); // known already: nothing to decide
    BOOST_TEST(claims() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
