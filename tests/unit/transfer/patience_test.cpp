// For how long a sender waits for whom.
#include "transfer/patience.hpp"
#include "transfer/questions.hpp"
#include "unit/transfer/fixtures.hpp"

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;

namespace {

constexpr std::uint32_t window = 100;

// Three receivers that have got equally far.
struct Three {
    Three() {
        for (TrackedReceiver& r : set.all()) {
            r.phase = ReceiverPhase::receiving;
            r.reached = 1000;
            r.window = window;
        }
        set.sum_up();
    }
    TrackedReceiver& receiver(std::uint32_t n) { return *set.find(NodeId{n}); }
    void one_is_behind() {
        receiver(1).reached = 1000 - window;
        set.sum_up();
    }
    // In steps of a poll, for so long.
    void hold_up(Duration time) {
        patience.count(set, now, true);
        for (const TimePoint end = now + time; now < end;) {
            now = std::min<TimePoint>(end, now + limits::poll_max);
            patience.count(set, now);
        }
    }

    TimePoint now{1s};
    CreditSet set{
        {{NodeId{1}, session_number(1)}, {NodeId{2}, session_number(2)}, {NodeId{3}, session_number(3)}},
        0,
        window};
    Patience patience{now};
};

} // namespace

BOOST_AUTO_TEST_SUITE(patience)

BOOST_AUTO_TEST_CASE(nobody_is_too_slow_while_all_are_as_far) {
    Three three;
    three.hold_up(1s);
    BOOST_TEST((three.patience.too_slow(three.set, three.now, {}) == nullptr));
}

BOOST_AUTO_TEST_CASE(one_that_is_behind_may_hold_up_the_others_for_its_bound) {
    Three three;
    three.one_is_behind();
    three.hold_up(limits::hold_max);
    BOOST_TEST((three.patience.too_slow(three.set, three.now, {}) == &three.receiver(1)));
}

BOOST_AUTO_TEST_CASE(time_in_which_data_flowed_is_not_charged) {
    Three three;
    three.one_is_behind();
    three.patience.count(three.set, three.now, false);
    three.now += 1s;
    three.patience.count(three.set, three.now);
    BOOST_TEST((three.receiver(1).held == Duration{}));
}

BOOST_AUTO_TEST_CASE(a_part_of_the_time_in_which_it_holds_up_nobody_is_forgiven) {
    Three three;
    three.one_is_behind();
    for (int i = 0; i < 100; ++i) { // a tenth of the time
        three.hold_up(2ms);
        three.patience.count(three.set, three.now, false);
        three.now += 18ms;
        three.patience.count(three.set, three.now);
        BOOST_TEST_REQUIRE((three.patience.too_slow(three.set, three.now, {}) == nullptr));
    }
    three.hold_up(limits::hold_max);
    BOOST_TEST((three.patience.too_slow(three.set, three.now, {}) == &three.receiver(1)));
}

BOOST_AUTO_TEST_CASE(one_that_gets_half_of_what_the_others_could_is_waited_for) {
    for (const int share : {2, 8}) { // of the cable
        Three three;
        std::uint64_t reached = 100;
        for (int round = 0; round < 4; ++round) {
            three.now += share * 1ms;
            reached += 20;
            for (const std::uint32_t n : {1U, 2U, 3U}) {
                const Duration delay = n == 1 ? Duration{share * 1ms} : Duration{1ms};
                three.receiver(n).path.reported(three.now, reached, reached, 0, delay);
            }
        }
        three.one_is_behind();
        three.hold_up(1s);
        auto* const slow = three.patience.too_slow(three.set, three.now, {});
        BOOST_TEST((slow == (share == 2 ? nullptr : &three.receiver(1))));
    }
}

BOOST_AUTO_TEST_CASE(a_long_sleep_of_ours_is_charged_as_a_few_polls) {
    Three three;
    three.one_is_behind();
    three.patience.count(three.set, three.now, true);
    three.now += 1s;
    three.patience.count(three.set, three.now);
    BOOST_TEST((three.receiver(1).held == 4 * limits::poll_max));
}

BOOST_AUTO_TEST_CASE(the_one_that_works_on_the_object_is_waited_for) {
    Three three;
    three.one_is_behind();
    three.hold_up(1s);
    BOOST_TEST((three.patience.too_slow(three.set, three.now, NodeId{1}) == nullptr));
    BOOST_TEST((three.patience.too_slow(three.set, three.now, NodeId{2}) == &three.receiver(1)));
}

BOOST_AUTO_TEST_CASE(a_silent_one_is_asked_often_enough_before_it_counts_as_slow) {
    Three three;
    three.one_is_behind();
    three.hold_up(1s);
    for (int i = 1; i < limits::polls_before_hold_ends; ++i) {
        Patience::asked(three.set, three.now);
        BOOST_TEST((three.patience.too_slow(three.set, three.now, {}) == nullptr));
    }
    Patience::asked(three.set, three.now);
    BOOST_TEST((three.patience.too_slow(three.set, three.now, {}) == &three.receiver(1)));
}

BOOST_AUTO_TEST_CASE(silence_takes_its_time_and_its_questions) {
    Three three;
    Patience::asked(three.set, three.now);
    three.now += limits::left_behind_after;
    BOOST_TEST(Patience::silent(three.set, three.now).empty()); // asked once
    for (int i = 1; i < limits::polls_before_left_behind; ++i) Patience::asked(three.set, three.now);
    three.receiver(2).unanswered = 0;
    BOOST_TEST(Patience::silent(three.set, three.now - 1us).empty());
    BOOST_TEST((Patience::silent(three.set, three.now) ==
                std::vector<TrackedReceiver*>{&three.receiver(1), &three.receiver(3)}));
    Patience::slept(three.set);
    BOOST_TEST(Patience::silent(three.set, three.now).empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(questions)

BOOST_AUTO_TEST_CASE(the_last_question_that_a_receiver_can_have_heard) {
    Questions questions;
    BOOST_TEST(questions.before(100) == 0U);
    questions.asked(10);
    questions.asked(20);
    BOOST_TEST(questions.before(9) == 0U);
    BOOST_TEST(questions.before(10) == 10U);
    BOOST_TEST(questions.before(19) == 10U);
    BOOST_TEST(questions.before(1000) == 20U);
}

BOOST_AUTO_TEST_CASE(old_questions_are_forgotten) {
    Questions questions;
    for (std::uint64_t number = 1; number <= 1000; ++number) questions.asked(number);
    BOOST_TEST(questions.before(1) == 0U);
    BOOST_TEST(questions.before(999) == 999U);
}

BOOST_AUTO_TEST_SUITE_END()
