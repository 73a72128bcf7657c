#include "base/rng.hpp"
#include "transfer/segment_map.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace cp;
using namespace cp::transfer;

namespace {

constexpr std::uint32_t block = limits::segments_per_block;

std::set<std::uint32_t> named(const std::vector<wire::BlockGap>& gaps) {
    std::set<std::uint32_t> segments;
    for (const auto& gap : gaps) for_each_missing(gap, [&](std::uint32_t s) { segments.insert(s); });
    return segments;
}

} // namespace

BOOST_AUTO_TEST_SUITE(segment_map)

BOOST_AUTO_TEST_CASE(an_object_of_no_segments_is_complete) {
    const SegmentMap map{0};
    BOOST_TEST(map.complete());
    BOOST_TEST(map.gaps(0, 64).empty());
    BOOST_TEST(map.gaps(1000, 64).empty());
}

BOOST_AUTO_TEST_CASE(a_segment_counts_once) {
    SegmentMap map{3};
    BOOST_TEST(map.mark(1));
    BOOST_TEST(!map.mark(1));
    BOOST_TEST(map.have() == 1U);
    BOOST_TEST(map.has(1));
    BOOST_TEST(!map.has(0));
    BOOST_TEST(map.mark(0));
    BOOST_TEST(map.mark(2));
    BOOST_TEST(map.complete());
}

BOOST_AUTO_TEST_CASE(gaps_name_exactly_what_is_missing_below_the_end) {
    for (const std::uint32_t count : {1U, 63U, 64U, 65U, block - 1, block, block + 1, 5 * block + 77}) {
        Rng rng{count};
        SegmentMap map{count};
        std::set<std::uint32_t> missing;
        for (std::uint32_t s = 0; s < count; ++s) {
            if (rng.chance(0.3))
                missing.insert(s);
            else
                map.mark(s);
        }
        BOOST_TEST(map.have() == count - missing.size());
        for (const std::uint32_t end : {0U, 1U, 64U, block, block + 1, count - 1, count, count + 1000}) {
            const std::set<std::uint32_t> expected{missing.begin(), missing.lower_bound(end)};
            BOOST_TEST((named(map.gaps(end, 64)) == expected), "count " << count << " end " << end);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_lowest_blocks_are_named_first_and_no_more_than_asked_for) {
    SegmentMap map{10 * block};
    for (std::uint32_t s = 0; s < 2 * block; ++s) map.mark(s);
    for (std::uint32_t s = 3 * block; s < 4 * block; ++s) map.mark(s);
    const auto gaps = map.gaps(10 * block, 3);
    BOOST_TEST_REQUIRE(gaps.size() == 3U);
    BOOST_TEST(gaps[0].block == 2U);
    BOOST_TEST(gaps[1].block == 4U);
    BOOST_TEST(gaps[2].block == 5U);
}

BOOST_AUTO_TEST_CASE(a_whole_block_below_the_end_is_not_named_for_what_lies_beyond) {
    SegmentMap map{2 * block};
    for (std::uint32_t s = 0; s < 10; ++s) map.mark(s);
    BOOST_TEST(map.gaps(10, 64).empty());
    BOOST_TEST(map.gaps(11, 64).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
