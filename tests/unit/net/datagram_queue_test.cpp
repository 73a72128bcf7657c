#include "base/rng.hpp"
#include "net/datagram_queue.hpp"
#include "wire/limits.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <deque>

using namespace cp;
using net::DatagramQueue;
using net::Target;

namespace {

constexpr std::array one_target{Target{{0x7f000001, 9}, 0}};
constexpr std::array two_targets{Target{{0x7f000001, 9}, 1}, Target{{0x7f000001, 9}, 2}};

bool push(DatagramQueue& queue, std::size_t size, std::byte fill,
          std::span<const Target> targets = one_target) {
    const auto room = queue.room(targets.size());
    if (room.empty()) return false;
    std::ranges::fill(room.first(size), fill);
    queue.commit(size, targets);
    return true;
}

bool holds(const net::Sending& sending, std::size_t size, std::byte fill) {
    return sending.bytes.size() == size &&
           std::ranges::all_of(sending.bytes, [&](std::byte b) { return b == fill; });
}

} // namespace

BOOST_AUTO_TEST_SUITE(datagram_queue)

BOOST_AUTO_TEST_CASE(keeps_order_and_contents) {
    DatagramQueue queue{4 * limits::datagram_max, 8};
    BOOST_TEST(queue.empty());
    BOOST_TEST(push(queue, 100, std::byte{1}));
    BOOST_TEST(push(queue, 200, std::byte{2}));
    const auto front = queue.front();
    BOOST_TEST_REQUIRE(front.size() == 2U);
    BOOST_TEST(holds(front[0], 100, std::byte{1}));
    BOOST_TEST(holds(front[1], 200, std::byte{2}));
    BOOST_TEST(front[0].bytes.data() + 100 == front[1].bytes.data()); // neighbours, for one segmented send
}

BOOST_AUTO_TEST_CASE(writes_one_datagram_once_for_all_its_targets) {
    DatagramQueue queue{2 * limits::datagram_max, 8};
    BOOST_TEST(push(queue, 100, std::byte{1}, two_targets));
    const auto front = queue.front();
    BOOST_TEST_REQUIRE(front.size() == 2U);
    BOOST_TEST(front[0].bytes.data() == front[1].bytes.data());
    BOOST_TEST(front[0].interface == 1U);
    BOOST_TEST(front[1].interface == 2U);
    queue.pop(1);
    BOOST_TEST(holds(queue.front()[0], 100, std::byte{1})); // the other target's bytes are still there
}

BOOST_AUTO_TEST_CASE(equal_datagrams_become_one_run_that_a_shorter_one_ends) {
    DatagramQueue queue{4 * limits::datagram_max, 8};
    for (int i = 0; i < 3; ++i) BOOST_TEST(push(queue, 100, std::byte{1}));
    BOOST_TEST(push(queue, 99, std::byte{1}));
    BOOST_TEST(push(queue, 99, std::byte{2}));
    BOOST_TEST(push(queue, 99, std::byte{2}));
    BOOST_TEST(push(queue, 100, std::byte{3}));
    const auto front = queue.front();
    BOOST_TEST_REQUIRE(front.size() == 3U);
    BOOST_TEST(holds(front[0], 399, std::byte{1}));
    BOOST_TEST(front[0].segment == 100U);
    BOOST_TEST(holds(front[1], 198, std::byte{2}));
    BOOST_TEST(front[1].segment == 99U);
    BOOST_TEST(holds(front[2], 100, std::byte{3}));
    BOOST_TEST(front[2].segment == 100U);
}

BOOST_AUTO_TEST_CASE(a_run_has_one_way_to_go) {
    constexpr std::array elsewhere{Target{{0x7f000001, 10}, 0}};
    constexpr std::array other_interface{Target{{0x7f000001, 9}, 7}};
    DatagramQueue queue{4 * limits::datagram_max, 16};
    BOOST_TEST(push(queue, 100, std::byte{1}));
    BOOST_TEST(push(queue, 100, std::byte{2}, elsewhere));
    BOOST_TEST(push(queue, 100, std::byte{3}));
    BOOST_TEST(push(queue, 100, std::byte{4}, other_interface));
    BOOST_TEST(push(queue, 100, std::byte{5}, two_targets)); // ends with the same target as the next
    BOOST_TEST(push(queue, 100, std::byte{6}, std::span{two_targets}.last(1)));
    BOOST_TEST(queue.size() == 7U);
    for (const net::Sending& run : queue.front()) BOOST_TEST(run.bytes.size() == 100U);
}

BOOST_AUTO_TEST_CASE(each_of_several_targets_has_a_run_of_its_own) {
    DatagramQueue queue{4 * limits::datagram_max, 8};
    for (int i = 0; i < 5; ++i) BOOST_TEST(push(queue, 100, std::byte{1}, two_targets));
    BOOST_TEST_REQUIRE(queue.size() == 2U);
    BOOST_TEST(holds(queue.front()[0], 500, std::byte{1}));
    BOOST_TEST(holds(queue.front()[1], 500, std::byte{1}));
    queue.pop(0, 200); // the first target has two of them
    BOOST_TEST(push(queue, 100, std::byte{1}, two_targets));
    BOOST_TEST(queue.front()[0].bytes.size() == 400U);
    BOOST_TEST(queue.front()[1].bytes.size() == 600U);
    queue.pop(1, 100); // the first has all; a datagram for both cannot join the second's alone
    BOOST_TEST(push(queue, 100, std::byte{2}, two_targets));
    BOOST_TEST_REQUIRE(queue.size() == 3U);
    BOOST_TEST(holds(queue.front()[0], 500, std::byte{1}));
    BOOST_TEST(holds(queue.front()[1], 100, std::byte{2}));
}

BOOST_AUTO_TEST_CASE(what_one_target_has_is_kept_for_the_other) {
    DatagramQueue queue{2 * limits::datagram_max, 8};
    BOOST_TEST(push(queue, limits::datagram_max, std::byte{1}, two_targets));
    BOOST_TEST(push(queue, limits::datagram_max, std::byte{1}, two_targets));
    queue.pop(0, limits::datagram_max);
    BOOST_TEST(!push(queue, 1, std::byte{2}, two_targets));
    queue.pop(1);
    BOOST_TEST(!push(queue, 1, std::byte{2}, two_targets));
    BOOST_TEST(holds(queue.front()[0], 2 * limits::datagram_max, std::byte{1}));
    queue.pop(1);
    BOOST_TEST(push(queue, 1, std::byte{2}, two_targets));
}

BOOST_AUTO_TEST_CASE(refuses_at_the_bound_of_runs) {
    DatagramQueue queue{8 * limits::datagram_max, 3};
    BOOST_TEST(push(queue, 10, std::byte{1}));
    BOOST_TEST(push(queue, 11, std::byte{2}));
    BOOST_TEST(!push(queue, 12, std::byte{3}, two_targets));
    BOOST_TEST(push(queue, 12, std::byte{3}));
    BOOST_TEST(!push(queue, 13, std::byte{4}));
    BOOST_TEST(queue.size() == 3U);
    queue.pop(1);
    BOOST_TEST(push(queue, 13, std::byte{4}));
}

BOOST_AUTO_TEST_CASE(refuses_at_the_bound_of_bytes_and_recovers) {
    DatagramQueue queue{2 * limits::datagram_max, 100};
    BOOST_TEST(push(queue, limits::datagram_max, std::byte{1}));
    BOOST_TEST(push(queue, limits::datagram_max, std::byte{1}));
    BOOST_TEST(!push(queue, 1, std::byte{3}));
    queue.pop(0, limits::datagram_max);
    BOOST_TEST(!push(queue, 1, std::byte{3})); // the gap before the second is not larger than a datagram
    queue.pop(1);
    BOOST_TEST(push(queue, 1, std::byte{3}));
}

BOOST_AUTO_TEST_CASE(is_empty_after_clear_and_usable) {
    DatagramQueue queue{2 * limits::datagram_max, 4};
    BOOST_TEST(push(queue, 10, std::byte{1}));
    queue.clear();
    BOOST_TEST(queue.empty());
    BOOST_TEST(queue.front().empty());
    BOOST_TEST(push(queue, 10, std::byte{2}));
    BOOST_TEST(holds(queue.front()[0], 10, std::byte{2}));
}

// Against a list of datagrams: with sizes that are often equal, and with sizes that hardly ever are.
BOOST_AUTO_TEST_CASE(never_overwrites_what_is_still_queued) {
    for (const std::size_t sizes : {2U, 5000U}) {
        Rng rng{3};
        DatagramQueue queue{3 * limits::datagram_max + 77, 9};
        std::deque<std::pair<std::size_t, std::byte>> model;
        int refused = 0;
        int wrong = 0;
        int merged = 0;
        for (int step = 0; step < 20'000; ++step) {
            if (rng.chance(0.55)) {
                const std::size_t size = limits::datagram_max / (1 + rng.below(sizes));
                const auto fill = static_cast<std::byte>(rng.below(256));
                if (push(queue, size, fill)) {
                    model.emplace_back(size, fill);
                } else {
                    ++refused;
                }
            } else if (!model.empty()) {
                const net::Sending& run = queue.front()[0];
                const std::size_t first = std::min(run.segment, run.bytes.size());
                net::Sending datagram = run;
                datagram.bytes = run.bytes.first(first);
                if (!holds(datagram, model.front().first, model.front().second)) ++wrong;
                if (first == run.bytes.size()) {
                    queue.pop(1);
                } else {
                    ++merged;
                    queue.pop(0, first);
                }
                model.pop_front();
            }
            if (queue.empty() != model.empty()) ++wrong;
        }
        BOOST_TEST(wrong == 0);
        BOOST_TEST(refused > 0);
        BOOST_TEST((sizes > 2 || merged > 100));
    }
}

BOOST_AUTO_TEST_SUITE_END()
