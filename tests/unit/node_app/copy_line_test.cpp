#include "node_app/copy_line.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

using namespace cp;
using namespace cp::node;

namespace {

constexpr NodeId seven{7};

StoreCopy copy(std::string_view text, std::optional<NodeId> to = {}, StoreCopy::Delivered delivered = {}) {
    const ByteView bytes = as_bytes(text);
    StoreCopy made{Payload{Bytes(bytes.begin(), bytes.end())}, to, {}};
    if (delivered) made.delivered.push_back(std::move(delivered));
    return made;
}

// "v1 to all, v2 to 7"
std::string sent(CopyLine& line) {
    std::string text;
    while (!line.empty()) {
        const StoreCopy next = line.take();
        text += (text.empty() ? "" : ", ") + std::string{as_text(next.object.view())} + " to " +
                (next.to ? to_text(*next.to) : "all");
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(copy_line)

BOOST_AUTO_TEST_CASE(one_goes_at_once_and_the_next_when_it_was_sent) {
    CopyLine line;
    BOOST_TEST(line.add(copy("v1")));
    BOOST_TEST(!line.add(copy("v2")));
    BOOST_TEST(sent(line) == "v1 to all, v2 to all");
    BOOST_TEST(line.add(copy("v3")));
}

BOOST_AUTO_TEST_CASE(of_those_that_wait_for_one_destination_the_newest_counts) {
    CopyLine line;
    line.add(copy("v1"));
    line.add(copy("v2"));
    line.add(copy("v3"));
    BOOST_TEST(sent(line) == "v1 to all, v3 to all");
}

// A gift of v2, read between the puts of v2 and v3: in the place of v2, v3 overtook it, and v2 came last
// to 7.
BOOST_AUTO_TEST_CASE(a_newer_one_overtakes_no_older_one_for_another_destination) {
    CopyLine line;
    line.add(copy("v1"));
    line.add(copy("v2"));
    line.add(copy("v2", seven));
    line.add(copy("v3"));
    BOOST_TEST(sent(line) == "v1 to all, v2 to 7, v3 to all");
}

BOOST_AUTO_TEST_CASE(who_waits_for_an_older_one_hears_of_the_newer_one) {
    CopyLine line;
    int told = 0;
    const auto tell = [&](std::span<const NodeId> nodes) { told += static_cast<int>(nodes.size()); };
    line.add(copy("v1"));
    line.add(copy("v2", {}, tell));
    line.add(copy("v3", {}, tell));
    (void)line.take();
    const StoreCopy last = line.take();
    for (const auto& delivered : last.delivered) delivered(std::array{seven});
    BOOST_TEST(told == 2);
}

BOOST_AUTO_TEST_SUITE_END()
