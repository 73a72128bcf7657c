#include "web/event_ring.hpp"
#include "web/presence.hpp"
#include "web/rate_limit.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::web;
using namespace std::chrono_literals;

namespace {

std::string listed(const Presence& presence, TimePoint now) {
    std::string out;
    for (const auto& online : presence.online(now))
        out += online.user + '@' + online.address + ' ' + std::to_string(online.age / 1s) + "s;";
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(presence)

BOOST_AUTO_TEST_CASE(a_user_is_online_until_the_timeout_after_the_last_heartbeat) {
    Presence presence{30s};
    const TimePoint start{};
    BOOST_TEST(presence.heartbeat(start, "bob", "h:1").has_value());
    BOOST_TEST(presence.heartbeat(start + 10s, "alice", "h:2").has_value());
    BOOST_TEST(listed(presence, start + 29s) == "alice@h:2 19s;bob@h:1 29s;");
    BOOST_TEST(listed(presence, start + 30s) == "alice@h:2 20s;");
    BOOST_TEST(presence.heartbeat(start + 35s, "alice", "h:3").has_value());
    BOOST_TEST(listed(presence, start + 64s) == "alice@h:3 29s;");
    BOOST_TEST(presence.count(start + 65s) == 0U);
}

BOOST_AUTO_TEST_CASE(the_later_of_two_words_about_a_user_counts) {
    Presence presence{30s};
    const TimePoint now = TimePoint{} + 100s;
    BOOST_TEST(presence.heartbeat(now - 5s, "alice", "here:1").has_value());
    presence.merge(now, {"alice", "older:1", 6s});
    BOOST_TEST(listed(presence, now) == "alice@here:1 5s;");
    presence.merge(now, {"alice", "newer:1", 4s});
    presence.merge(now, {"bob", "h:2", 29s});
    presence.merge(now, {"carol", "h:3", 30s}); // gone already
    presence.merge(now, {"dave", "h:4", -1s});  // from the future
    BOOST_TEST(listed(presence, now) == "alice@newer:1 4s;bob@h:2 29s;");
}

BOOST_AUTO_TEST_CASE(a_full_table_refuses_newcomers_until_somebody_times_out) {
    Presence presence{30s, 2};
    const TimePoint start{};
    BOOST_TEST(presence.heartbeat(start, "a", "h:1").has_value());
    BOOST_TEST(presence.heartbeat(start + 1s, "b", "h:1").has_value());
    BOOST_TEST((presence.heartbeat(start + 2s, "c", "h:1").error() == errc::overloaded));
    BOOST_TEST(presence.heartbeat(start + 2s, "b", "h:2").has_value());
    presence.merge(start + 2s, {"c", "h:1", 0s});
    BOOST_TEST(presence.count(start + 2s) == 2U);
    BOOST_TEST(presence.heartbeat(start + 30s, "c", "h:1").has_value());
    BOOST_TEST(listed(presence, start + 30s) == "b@h:2 28s;c@h:1 0s;");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(rate_limit)

BOOST_AUTO_TEST_CASE(a_burst_passes_then_as_many_as_flow_in) {
    RateLimit limit{2, 3};
    TimePoint now{};
    for (int i = 0; i < 3; ++i) BOOST_TEST(limit.pass(now, 1));
    BOOST_TEST(!limit.pass(now, 1));
    BOOST_TEST(limit.pass(now, 2)); // another address
    now += 500ms;
    BOOST_TEST(limit.pass(now, 1));
    BOOST_TEST(!limit.pass(now, 1));
    now += 1h;
    for (int i = 0; i < 3; ++i) BOOST_TEST(limit.pass(now, 1));
    BOOST_TEST(!limit.pass(now, 1));
}

BOOST_AUTO_TEST_CASE(addresses_beyond_the_bound_push_out_the_one_silent_longest) {
    RateLimit limit{0.001, 1};
    TimePoint now{};
    for (std::uint32_t address = 0; address < RateLimit::addresses_max; ++address) {
        BOOST_TEST_REQUIRE(limit.pass(now, address));
        now += 1us;
    }
    BOOST_TEST(!limit.pass(now, 1));
    BOOST_TEST(limit.pass(now, 1'000'000)); // pushes out 0, which was silent longest
    BOOST_TEST(limit.pass(now, 0));
    BOOST_TEST(!limit.pass(now, 1'000'000));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(event_ring)

BOOST_AUTO_TEST_CASE(who_comes_again_gets_what_was_missed_and_who_comes_too_late_is_told_to_start_anew) {
    EventRing ring{100, 3};
    BOOST_TEST(ring.last() == 99U);
    BOOST_TEST(ring.after(99)->empty());
    for (const char* name : {"a", "b", "c", "d"}) ring.push(name, "{}");
    BOOST_TEST(ring.last() == 103U);
    BOOST_TEST(ring.after(101)->size() == 2U);
    BOOST_TEST(ring.after(101)->front().name == "c");
    BOOST_TEST(ring.after(100)->size() == 3U);
    BOOST_TEST(!ring.after(99));  // "a" is gone
    BOOST_TEST(!ring.after(104)); // of another life
    BOOST_TEST(ring.after(103)->empty());
    BOOST_TEST(sse_text(ring.after(102)->front()) == "id: 103\nevent: d\ndata: {}\n\n");
}

BOOST_AUTO_TEST_CASE(history_is_what_was_wanted_or_all_that_is_here) {
    EventRing ring{100, 3};
    BOOST_TEST(ring.before_last(5) == ring.last()); // nothing has happened
    for (const char* name : {"a", "b", "c", "d"}) ring.push(name, "{}");
    BOOST_TEST(ring.before_last(0) == 103U);
    BOOST_TEST(ring.before_last(2) == 101U);
    BOOST_TEST(ring.before_last(1000) == 100U); // "a" is gone
    BOOST_TEST(ring.after(ring.before_last(1000))->front().name == "b");
}

BOOST_AUTO_TEST_SUITE_END()
