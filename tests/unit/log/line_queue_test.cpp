#include "log/line_queue.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp::log;

namespace {

Record record(std::string event) { return {.event = std::move(event)}; }

} // namespace

BOOST_AUTO_TEST_SUITE(line_queue)

BOOST_AUTO_TEST_CASE(takes_nothing_unless_open_and_gives_back_what_it_took_after_it_closed) {
    LineQueue queue;
    queue.push(record("before"));
    BOOST_TEST(queue.open());
    BOOST_TEST(!queue.open());
    queue.push(record("one"));
    queue.push(record("two"));
    queue.close();
    queue.push(record("after"));
    BOOST_TEST(queue.pop()->record->event == "one");
    BOOST_TEST(queue.pop()->record->event == "two");
    BOOST_TEST(!queue.pop().has_value());
    BOOST_TEST(queue.open()); // a second session
}

BOOST_AUTO_TEST_CASE(counts_what_does_not_fit_and_says_so_where_it_happened) {
    LineQueue queue;
    BOOST_TEST(queue.open());
    for (std::size_t i = 0; i < LineQueue::lines_max + 3; ++i) queue.push(record("e"));
    BOOST_TEST(queue.pop()->lost == 0U); // makes room for one
    queue.push(record("next"));
    queue.push(record("lost"));
    for (std::size_t i = 1; i < LineQueue::lines_max; ++i)
        BOOST_TEST_REQUIRE(queue.pop()->record->event == "e");
    const auto next = queue.pop();
    BOOST_TEST(next->record->event == "next");
    BOOST_TEST(next->lost == 3U);
    const auto news = queue.pop(); // without waiting for a line to carry it
    BOOST_TEST(!news->record.has_value());
    BOOST_TEST(news->lost == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
