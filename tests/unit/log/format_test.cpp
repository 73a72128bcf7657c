#include "log/record.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace cp;
using namespace cp::log;

namespace {

Record record(std::vector<Field> fields = {}) {
    using namespace std::chrono;
    return {.time = sys_days{2026y / November / 20d} + 14h + 3min + 9s + 42us,
            .monotonic_us = 123456,
            .level = Level::info,
            .node = NodeId{3},
            .event = "leader_changed",
            .sentence = "Node 3: I am the new leader!",
            .fields = std::move(fields)};
}

std::string json_fields(std::vector<Field> fields) {
    Record r = record(std::move(fields));
    r.sentence.clear();
    const std::string line = format_json(r);
    const std::string_view head = R"("event":"leader_changed",)";
    const std::size_t at = line.find(head);
    return at == std::string::npos ? line : line.substr(at + head.size(), line.size() - at - head.size() - 1);
}

std::string text_fields(std::vector<Field> fields) {
    const std::string line = format_text(record(std::move(fields)));
    return line.substr(line.find(" node=3") + 7);
}

} // namespace

BOOST_AUTO_TEST_SUITE(format)

BOOST_AUTO_TEST_CASE(a_text_line_has_time_level_sentence_and_ids_in_one_order) {
    const Record r = record({Field{"reason", "lost"}, Field{"task", TaskId{ClientId{0x7f}, 12}},
                             Field{"epoch", Epoch{7, NodeId{3}, 1}}});
    BOOST_TEST(format_text(r) ==
               "2026-11-20T14:03:09.000042Z info  Node 3: I am the new leader! node=3 epoch=7.3.1 "
               "task=000000000000007f-12 reason=lost");
}

BOOST_AUTO_TEST_CASE(a_text_line_without_a_sentence_says_the_event) {
    Record r = record();
    r.sentence.clear();
    r.node = {};
    r.level = Level::error;
    BOOST_TEST(format_text(r) == "2026-11-20T14:03:09.000042Z error leader_changed");
}

BOOST_AUTO_TEST_CASE(a_json_line_has_the_promised_keys) {
    const Record r = record({Field{"leader", NodeId{3}}, Field{"epoch", Epoch{7, NodeId{3}, 1}}});
    BOOST_TEST(
        format_json(r) ==
        R"({"time":"2026-11-20T14:03:09.000042Z","mono_us":123456,"level":"info","node":3,)"
        R"("event":"leader_changed","leader":3,"epoch":"7.3.1","message":"Node 3: I am the new leader!"})");
}

BOOST_AUTO_TEST_CASE(numbers_stay_numbers_and_nothing_is_null) {
    BOOST_TEST(
        json_fields({Field{"a", -5}, Field{"b", std::numeric_limits<std::uint64_t>::max()}, Field{"c", 12.3},
                     Field{"d", true}, Field{"e", nullptr}, Field{"f", std::uint8_t{200}}}) ==
        R"("a":-5,"b":18446744073709551615,"c":12.3,"d":true,"e":null,"f":200)");
    BOOST_TEST(json_fields({Field{"leader", std::optional<NodeId>{}}, Field{"x", std::optional<int>{7}}}) ==
               R"("leader":null,"x":7)");
    BOOST_TEST(json_fields({Field{"a", std::numeric_limits<double>::quiet_NaN()},
                            Field{"b", -std::numeric_limits<double>::infinity()}, Field{"c", 1e300}}) ==
               R"("a":null,"b":null,"c":1e+300)");
}

BOOST_AUTO_TEST_CASE(no_text_breaks_a_json_line) {
    BOOST_TEST(json_fields({Field{"a", "x\n\"\\\x01\x1b"}}) == R"("a":"x\n\"\\\u0001\u001b")");
    BOOST_TEST(json_fields({Field{"a", "\xff\xc3"}}) == "\"a\":\"\ufffd\ufffd\"");
    BOOST_TEST(json_fields({Field{"a", std::string{"a\0b", 3}}}) == R"("a":"a\u0000b")");
    BOOST_TEST(json_fields({Field{"a\n\xff", "Grüße"}}) == "\"a\\n\ufffd\":\"Grüße\"");
    Record r = record();
    r.event = "e\n";
    r.sentence = "\xff\n";
    BOOST_TEST(format_json(r).find('\n') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_text_breaks_a_text_line_or_moves_the_cursor) {
    BOOST_TEST(text_fields({Field{"a", "x y"}, Field{"b", "\""}, Field{"c", ""}, Field{"d", "k=v"}}) ==
               R"( a="x y" b="\"" c="" d="k=v")");
    BOOST_TEST(text_fields({Field{"a", "1\n2\x1b[31m"}, Field{"b", "\xff"}}) ==
               " a=1\\n2\\u{1b}[31m b=\ufffd");
    BOOST_TEST(text_fields({Field{"a", nullptr}, Field{"b", false}, Field{"c", 0.5}}) ==
               " a=none b=no c=0.5");
    Record r = record();
    r.sentence = "Failed to save image a\nb: \x1b";
    BOOST_TEST(format_text(r).find_first_of("\n\x1b") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_field_cannot_pass_for_a_key_of_every_line) {
    BOOST_TEST(json_fields({Field{"node", NodeId{2}}, Field{"time", 1}, Field{"level", "x"}}) ==
               R"("event_node":2,"event_time":1,"event_level":"x")");
    BOOST_TEST(text_fields({Field{"node", NodeId{2}}}) == " event_node=2");
}

BOOST_AUTO_TEST_SUITE_END()
