#include "imaging/sample_order.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <vector>

using namespace cp::imaging;

namespace {

LocationKey key(unsigned first) {
    LocationKey bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(first + i);
    return bytes;
}

std::vector<std::uint64_t> samples_of(const SampleOrder& order, std::uint32_t segment) {
    std::vector<std::uint32_t> rounds;
    order.shuffle(segment, rounds);
    std::vector<std::uint64_t> samples;
    for (std::uint32_t round : rounds) samples.push_back(order.sample(segment, round));
    return samples;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sample_order)

BOOST_AUTO_TEST_CASE(every_sample_is_used_once) {
    for (std::uint64_t count : {1ULL, 5'000ULL, 262'144ULL, 262'145ULL, 1'000'003ULL}) {
        const SampleOrder order{key(0), count};
        std::vector<std::uint8_t> used(count);
        for (std::uint32_t s = 0; s < order.segments(); ++s) {
            BOOST_TEST(order.size(s) <= segment_samples_max);
            BOOST_TEST(order.size(s) + 1 >= order.rounds());
            for (std::uint64_t sample : samples_of(order, s)) {
                BOOST_TEST_REQUIRE(sample < count);
                ++used[sample];
            }
        }
        BOOST_TEST((std::ranges::count(used, 1) == static_cast<std::ptrdiff_t>(count)));
    }
}

BOOST_AUTO_TEST_CASE(another_key_uses_them_in_another_order) {
    const SampleOrder one{key(0), 1'000'000};
    const SampleOrder other{key(1), 1'000'000};
    for (std::uint32_t s = 0; s < one.segments(); ++s) {
        const auto a = samples_of(one, s);
        const auto b = samples_of(other, s);
        std::size_t same = 0;
        for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) same += a[i] == b[i];
        BOOST_TEST(same < 10U);
    }
}

BOOST_AUTO_TEST_CASE(segments_are_shuffled_differently) {
    const SampleOrder order{key(0), 600'000};
    std::vector<std::uint32_t> first, second;
    order.shuffle(0, first);
    order.shuffle(1, second);
    std::size_t same = 0;
    for (std::size_t i = 0; i < std::min(first.size(), second.size()); ++i) same += first[i] == second[i];
    BOOST_TEST(same < 10U);
}

// Each segment gets its share of every part of the picture.
BOOST_AUTO_TEST_CASE(a_segment_is_spread_over_the_whole_picture) {
    const SampleOrder order{key(0), 3'000'000};
    std::vector<std::uint32_t> in_tenth(10);
    for (std::uint64_t sample : samples_of(order, 3)) ++in_tenth[sample / 300'000];
    for (std::uint32_t count : in_tenth) BOOST_TEST((count > 24'900U && count < 25'100U));
}

BOOST_AUTO_TEST_SUITE_END()
