#include "transfer/send_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>

using namespace cp;
using namespace cp::transfer;

namespace {

constexpr std::size_t any = 1000;
using Kind = SendQueue::Item::Kind;

wire::BlockGap gap_of(std::uint32_t block, std::initializer_list<unsigned> missing) {
    wire::BlockGap gap;
    gap.block = block;
    for (const unsigned bit : missing) gap.missing[bit / 8] |= std::byte{1} << (bit % 8);
    return gap;
}

std::vector<wire::BlockGap> first_eight(std::uint8_t bits) {
    wire::BlockGap gap;
    gap.missing[0] = std::byte{bits};
    return {gap};
}

// A report in which every number up to `highest` counts as lost, because it answers a question asked there.
LossView answer(std::uint64_t highest) { return {highest, highest}; }
LossView unasked(std::uint64_t highest) { return {highest, 0}; }

struct Queue : SendQueue {
    explicit Queue(std::uint32_t segments, bool repairs_only = false, std::uint32_t parity_max = 127)
        : SendQueue{segments, repairs_only, parity_max} {}

    std::uint32_t take_segment() {
        const Item item = take();
        BOOST_TEST((item.kind != Kind::parity));
        return item.at;
    }
    // Sends so many under the numbers that follow one another from 1, whatever they are.
    void send(std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i) sent(take(), ++number);
    }
    std::uint64_t number = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(send_queue)

BOOST_AUTO_TEST_CASE(the_first_pass_is_in_order) {
    Queue queue{3};
    BOOST_TEST(queue.waiting() == 3U);
    for (std::uint32_t s = 0; s < 3; ++s) BOOST_TEST(queue.take_segment() == s);
    BOOST_TEST(queue.waiting() == 0U);
    BOOST_TEST(queue.repairs() == 0U);
}

BOOST_AUTO_TEST_CASE(only_what_went_out_at_or_below_the_highest_is_lost) {
    Queue queue{4};
    queue.send(3);
    queue.on_gaps(first_eight(0b111), answer(2), any, false);
    BOOST_TEST(queue.repairs_waiting() == 2U);
    queue.on_gaps(first_eight(0b111), answer(2), any, false);
    BOOST_TEST(queue.repairs_waiting() == 2U);
    queue.send(1);
    queue.on_gaps(first_eight(0b001), answer(3), any, false); // the repair is under way
    BOOST_TEST(queue.repairs_waiting() == 1U);
    BOOST_TEST(queue.repairs() == 1U);
}

BOOST_AUTO_TEST_CASE(a_datagram_that_was_merely_overtaken_is_not_lost) {
    Queue queue{8};
    queue.send(8);
    for (std::uint64_t highest = 3; highest < 3 + limits::reorder_tolerance; ++highest) {
        queue.on_gaps(first_eight(0b100), unasked(highest), any, false); // number 3
        BOOST_TEST(queue.repairs_waiting() == 0U);
    }
    queue.on_gaps(first_eight(0b100), unasked(3 + limits::reorder_tolerance), any, false);
    BOOST_TEST(queue.take_segment() == 2U);
}

BOOST_AUTO_TEST_CASE(an_answer_names_losses_up_to_the_question) {
    Queue queue{9};
    queue.send(8);
    queue.on_gaps(first_eight(0b110000), {6, 5}, any, false); // 6 was sent after the question
    BOOST_TEST(queue.repairs_waiting() == 1U);
    BOOST_TEST(queue.take_segment() == 4U);
}

BOOST_AUTO_TEST_CASE(what_was_never_sent_cannot_be_lost) {
    Queue queue{8};
    queue.send(1);
    queue.on_gaps(first_eight(0xff), answer(1), any, false);
    BOOST_TEST(queue.repairs_waiting() == 1U);
}

BOOST_AUTO_TEST_CASE(with_repairs_only_whatever_is_missing_is_lost) {
    Queue queue{8, true};
    BOOST_TEST(queue.waiting() == 0U);
    queue.on_gaps(first_eight(0b10100000), {}, any, false);
    BOOST_TEST(queue.take_segment() == 5U);
    BOOST_TEST(queue.take_segment() == 7U);
}

BOOST_AUTO_TEST_CASE(a_bound_on_waiting_repairs_holds) {
    Queue queue{8, true};
    for (const bool parity : {false, true}) {
        queue.on_gaps(first_eight(0xff), {}, 3, parity);
        BOOST_TEST(queue.waiting() == 3U);
    }
}

BOOST_AUTO_TEST_CASE(a_stopped_queue_sends_only_what_is_asked_for_again) {
    Queue queue{8};
    queue.send(4);
    queue.on_gaps(first_eight(0b1), answer(20), any, false);
    queue.stop();
    BOOST_TEST(queue.waiting() == 0U);
    queue.on_gaps(first_eight(0b1), answer(20), any, false);
    BOOST_TEST(queue.waiting() == 1U);
}

BOOST_AUTO_TEST_CASE(parity_is_what_the_worst_receiver_misses_of_each_block) {
    Queue queue{301};
    queue.send(300);
    BOOST_TEST(queue.on_gaps({gap_of(0, {1, 2, 3}), gap_of(1, {9})}, answer(300), any, true) == 4U);
    BOOST_TEST(queue.on_gaps({gap_of(0, {4, 5})}, answer(300), any, true) == 0U);
    BOOST_TEST(queue.on_gaps({gap_of(0, {4, 5, 6, 7})}, answer(300), any, true) == 1U);
    std::vector<std::pair<std::uint32_t, unsigned>> sent;
    while (queue.repairs_waiting() > 0) {
        const SendQueue::Item item = queue.take();
        BOOST_TEST((item.kind == Kind::parity));
        sent.emplace_back(item.at, item.index);
    }
    BOOST_TEST(
        (sent == std::vector<std::pair<std::uint32_t, unsigned>>{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {0, 3}}));
}

BOOST_AUTO_TEST_CASE(parity_under_way_is_not_sent_again_and_lost_parity_is_replaced_by_another) {
    Queue queue{129};
    queue.send(128);
    queue.on_gaps({gap_of(0, {1, 2})}, answer(128), any, true);
    queue.send(2); // 129 and 130
    BOOST_TEST(queue.on_gaps({gap_of(0, {7, 8})}, answer(128), any, true) == 0U);
    BOOST_TEST(queue.on_gaps({gap_of(0, {7})}, answer(130), any, true) == 1U);
    BOOST_TEST(unsigned{queue.take().index} == 2U);
}

BOOST_AUTO_TEST_CASE(the_open_block_waits_for_its_end) {
    Queue queue{256};
    queue.send(100);
    BOOST_TEST(queue.on_gaps({gap_of(0, {1, 2, 3})}, answer(100), any, true) == 0U);
    queue.send(28);
    BOOST_TEST(queue.end_block(0, 1) == 3U); // more than would have gone ahead
    queue.send(3 + 128);
    BOOST_TEST(queue.end_block(1, 2) == 2U);
    BOOST_TEST(queue.waiting() == 2U);
}

BOOST_AUTO_TEST_CASE(when_parity_is_used_up_segments_go_again) {
    Queue queue{129, false, 2};
    queue.send(128);
    BOOST_TEST(queue.on_gaps({gap_of(0, {5, 6, 7})}, answer(128), any, true) == 2U);
    BOOST_TEST((queue.take().kind == Kind::parity));
    BOOST_TEST((queue.take().kind == Kind::parity));
    BOOST_TEST(queue.take_segment() == 5U);
    BOOST_TEST(queue.repairs_waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(a_run_is_what_can_be_computed_together) {
    Queue queue{257};
    queue.send(256);
    queue.on_gaps({gap_of(0, {1, 2, 3}), gap_of(1, {1, 2})}, answer(256), any, true);
    BOOST_TEST(queue.run_after(queue.take()) == 2U);
    BOOST_TEST(queue.run_after(queue.take()) == 1U);
    BOOST_TEST(queue.run_after(queue.take()) == 0U);
    BOOST_TEST(queue.run_after(queue.take()) == 1U);
}

BOOST_AUTO_TEST_CASE(each_loss_is_counted_once_whichever_report_shows_that_it_is_one) {
    Queue queue{10};
    queue.send(10);
    const std::vector gaps{gap_of(0, {7, 8})}; // numbers 8 and 9
    const LossView first = unasked(9), second = answer(10);
    BOOST_TEST(queue.lost_after(gaps, first, 0) == 0U); // overtaken, perhaps
    BOOST_TEST(queue.lost_after(gaps, second, first.judged()) == 2U);
    BOOST_TEST(queue.lost_after(gaps, answer(10), second.judged()) == 0U);
    const LossView halfway = unasked(11);
    BOOST_TEST(queue.lost_after(gaps, halfway, 0) + queue.lost_after(gaps, unasked(14), halfway.judged()) ==
               2U);
    BOOST_TEST(unasked(1).judged() == 0U);
}

BOOST_AUTO_TEST_CASE(behind_the_first_pass_more_goes_than_is_missing) {
    const auto wide = [](std::uint32_t count) {
        wire::BlockGap gap;
        for (unsigned bit = 0; bit < count; ++bit) gap.missing[bit / 8] |= std::byte{1} << (bit % 8);
        return gap;
    };
    for (const auto& [missing, spare] :
         {std::pair{1U, 1U}, {11U, 1U}, {12U, 2U}, {32U, 8U}, {63U, 32U}, {64U, 1U}, {128U, 1U}}) {
        for (const bool parity : {false, true}) {
            Queue queue{128};
            queue.send(128);
            const std::uint32_t all_parity = std::min(missing + spare, 127U);
            BOOST_TEST(queue.on_gaps({wide(missing)}, answer(128), any, parity) ==
                       (parity ? all_parity : spare));
            BOOST_TEST(queue.repairs_waiting() == missing + spare);
            queue.on_gaps({wide(missing)}, answer(128), any, parity); // another receiver, or the same again
            BOOST_TEST(queue.repairs_waiting() == missing + spare);
        }
    }
    Queue absent{128, true}; // what was never sent was not lost
    absent.on_gaps({wide(64)}, {}, any, true);
    BOOST_TEST(absent.repairs_waiting() == 64U);
}

BOOST_AUTO_TEST_CASE(blocks_beyond_the_object_are_ignored) {
    Queue queue{100};
    queue.send(100);
    BOOST_TEST(queue.on_gaps({gap_of(1, {0}), gap_of(0xffffff, {0, 127})}, answer(100), any, true) == 0U);
    BOOST_TEST(queue.waiting() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
