#include "base/endpoint.hpp"
#include "base/ids.hpp"

#include <boost/test/unit_test.hpp>

#include <unordered_set>

using namespace cp;

namespace {

const TaskId task{ClientId{0x7f3c2a}, 12};

} // namespace

BOOST_AUTO_TEST_SUITE(ids_as_text)

BOOST_AUTO_TEST_CASE(a_node_is_its_number) {
    BOOST_TEST(to_text(NodeId{3}) == "3");
    BOOST_TEST(to_text(NodeId{0xffffffff}) == "4294967295");
}

BOOST_AUTO_TEST_CASE(a_task_is_its_run_in_sixteen_digits_and_its_number) {
    BOOST_TEST(to_text(task) == "00000000007f3c2a-12");
    BOOST_TEST(to_text(TaskId{ClientId{UINT64_MAX}, UINT32_MAX}) == "ffffffffffffffff-4294967295");
    BOOST_TEST(to_text("bob", task) == "bob-00000000007f3c2a-12");
}

BOOST_AUTO_TEST_CASE(an_object_says_which_of_its_task_it_is) {
    BOOST_TEST(to_text(ObjectId{task, ObjectKind::upload}) == "upload:00000000007f3c2a-12");
    BOOST_TEST(to_text(ObjectId{task, ObjectKind::result}) == "result:00000000007f3c2a-12");
}

BOOST_AUTO_TEST_CASE(a_session_is_twenty_four_digits) {
    SessionId session;
    session.bytes[0] = std::byte{0xab};
    session.bytes[11] = std::byte{0x01};
    BOOST_TEST(to_text(session) == "ab0000000000000000000001");
}

BOOST_AUTO_TEST_CASE(hexadecimal_is_lower_case_and_empty_for_nothing) {
    const std::array bytes{std::byte{0x00}, std::byte{0x9a}, std::byte{0xff}};
    BOOST_TEST(to_hex(bytes) == "009aff");
    BOOST_TEST(to_hex({}).empty());
}

BOOST_AUTO_TEST_CASE(an_endpoint_is_dotted_with_its_port) {
    BOOST_TEST(to_text(Endpoint{0x7f000001, 7700}) == "127.0.0.1:7700");
    BOOST_TEST(to_text(Endpoint{0xefff4350, 65535}) == "239.255.67.80:65535");
}

BOOST_AUTO_TEST_CASE(a_named_task_is_read_back_from_its_text_and_from_no_other) {
    const TaskId id{ClientId{0x7f3c'0000'0000'002a}, 12};
    const std::string text = to_text("al-ice", id);
    const auto read = parse_task(text);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->user == "al-ice");
    BOOST_TEST((read->task == id));
    for (const char* other :
         {"", "-", "alice", "alice-12", "alice-7f3c00000000002a", "alice-7f3c00000000002a-",
          "alice-7f3c00000000002a-012", "alice-7F3C00000000002A-12", "alice-7f3c00000000002a--1",
          "alice-7f3c00000000002a-4294967296", "alice-7f3c00000000002a-12 ", "alice-g f3c0000000002a-12",
          "7f3c00000000002a-12"})
        BOOST_TEST(!parse_task(other).has_value(), other);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ids_as_values)

BOOST_AUTO_TEST_CASE(zero_is_nobody) {
    BOOST_TEST(!NodeId{});
    BOOST_TEST(!!NodeId{1});
    BOOST_TEST(!SessionId{});
    BOOST_TEST(!Endpoint{});
    SessionId session;
    session.bytes[11] = std::byte{1};
    BOOST_TEST(!!session);
}

BOOST_AUTO_TEST_CASE(different_ids_are_different_keys) {
    const std::unordered_set<TaskId> tasks{
        {ClientId{1}, 1}, {ClientId{1}, 2}, {ClientId{2}, 1}, {ClientId{1}, 1}};
    BOOST_TEST(tasks.size() == 3U);
    SessionId first, second;
    first.bytes[11] = std::byte{1}; // after the bytes that are hashed
    second.bytes[11] = std::byte{2};
    const std::unordered_set<SessionId> sessions{first, second, first};
    BOOST_TEST(sessions.size() == 2U);
}

BOOST_AUTO_TEST_CASE(tasks_order_by_run_then_number_and_uploads_before_results) {
    BOOST_TEST((TaskId{ClientId{1}, 9} < TaskId{ClientId{2}, 1}));
    BOOST_TEST((TaskId{ClientId{1}, 1} < TaskId{ClientId{1}, 2}));
    BOOST_TEST((ObjectId{task, ObjectKind::upload} < ObjectId{task, ObjectKind::result}));
}

BOOST_AUTO_TEST_SUITE_END()
