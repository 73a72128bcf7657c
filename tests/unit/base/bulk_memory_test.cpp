#include "base/bulk_memory.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <limits>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

using namespace cp;

BOOST_AUTO_TEST_SUITE(bulk_memory_suite)

constexpr std::size_t huge_page = std::size_t{2} << 20U;

BOOST_AUTO_TEST_CASE(every_byte_can_be_written_at_each_size_around_a_page_and_a_huge_page) {
    for (const std::size_t about : {std::size_t{4096}, huge_page, 2 * huge_page, 5 * huge_page + 12'345}) {
        for (const std::size_t size : {about - 1, about, about + 1}) {
            const auto memory = bulk_memory(size);
            BOOST_TEST_REQUIRE(memory.get() != nullptr);
            for (std::size_t i = 0; i < size; i += 1000) memory.get()[i] = std::byte{1};
            memory.get()[size - 1] = std::byte{2};
            BOOST_TEST((memory.get()[size - 1] == std::byte{2}), size);
        }
    }
}

BOOST_AUTO_TEST_CASE(large_blocks_begin_at_a_huge_page) {
    const auto one = bulk_memory(huge_page);
    const auto two = bulk_memory(3 * huge_page + 1);
    BOOST_TEST(std::bit_cast<std::uintptr_t>(one.get()) % huge_page == 0U);
    BOOST_TEST(std::bit_cast<std::uintptr_t>(two.get()) % huge_page == 0U);
}

BOOST_AUTO_TEST_CASE(what_came_back_last_serves_the_next_object_of_its_size) {
    for (const std::size_t size : {std::size_t{1'000'000}, 5 * huge_page}) {
        auto one = bulk_memory(size);
        auto two = bulk_memory(size);
        const auto* const first = one.get();
        const auto* const last = two.get();
        one.reset(), two.reset();
        const auto third = bulk_memory(size - size / 10);
        BOOST_TEST(third.get() == last);
        BOOST_TEST(bulk_memory(size / 2).get() != first);
        BOOST_TEST(bulk_memory(size).get() == first);
    }
}

BOOST_AUTO_TEST_CASE(of_more_than_24_mib_the_oldest_goes_back) {
    constexpr std::size_t size = 5 * huge_page;
    std::vector<std::shared_ptr<std::byte>> all;
    std::vector<const std::byte*> places;
    for (int i = 0; i < 3; ++i) places.push_back(all.emplace_back(bulk_memory(size)).get());
    for (auto& memory : all) *memory = std::byte{1};
    for (auto& memory : all) memory.reset();
    for (auto& memory : all) memory = bulk_memory(size);
    BOOST_TEST(all[0].get() == places[2]);
    BOOST_TEST(all[1].get() == places[1]);
    BOOST_TEST((*all[2] == std::byte{0})); // new
}

BOOST_AUTO_TEST_CASE(threads_that_take_and_give_back_at_once_never_share_a_block) {
    constexpr int threads = 4;
    std::atomic<std::size_t> shared = 0;
    const auto work = [&](std::byte mine) {
        std::array<std::pair<std::shared_ptr<std::byte>, std::size_t>, 3> held;
        for (std::size_t round = 0; round < 3000; ++round) {
            auto& [memory, size] = held[round % held.size()];
            if (memory && (memory.get()[0] != mine || memory.get()[size - 1] != mine)) ++shared;
            size = (128U << 10U) * (1 + (round * 7 + std::to_integer<std::size_t>(mine)) % 40);
            memory = bulk_memory(size); // the old one goes after the new one is there
            memory.get()[0] = memory.get()[size - 1] = mine;
        }
    };
    std::vector<std::jthread> all;
    for (int i = 0; i < threads; ++i) all.emplace_back(work, std::byte(i + 1));
    all.clear();
    BOOST_TEST(shared == 0U);
}

BOOST_AUTO_TEST_CASE(no_bytes_have_an_owner_and_absurd_sizes_have_none) {
    BOOST_TEST(static_cast<bool>(bulk_memory(0)));
    BOOST_TEST(!bulk_memory(std::numeric_limits<std::size_t>::max()));
    BOOST_TEST(!bulk_memory(std::size_t{1} << 47U));
}

BOOST_AUTO_TEST_SUITE_END()
