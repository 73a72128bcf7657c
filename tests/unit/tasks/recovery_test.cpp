#include "tasks/fetch_list.hpp"
#include "tasks/recovery.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::tasks;
using namespace std::chrono_literals;

namespace {

const Epoch epoch{3, NodeId{2}, 1};

wire::LedgerSummary summary(std::uint32_t total, std::size_t entries) {
    wire::LedgerSummary s{epoch, NodeId{1}, total, {}};
    s.entries.resize(entries);
    return s;
}

std::size_t queries(const wire::Outbox& out) {
    std::size_t count = 0;
    for (const auto& item : out.items())
        count += std::holds_alternative<wire::LedgerQuery>(item.message) ? 1U : 0U;
    return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(recovery)

BOOST_AUTO_TEST_CASE(a_leader_that_is_alone_serves_at_once) {
    Recovery r;
    wire::Outbox out;
    r.begin({}, epoch, {}, out);
    BOOST_TEST(r.finished());
    BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(all_parts_of_all_answers_end_the_recovery) {
    Recovery r;
    wire::Outbox out;
    r.begin({}, epoch, {NodeId{1}, NodeId{3}}, out);
    BOOST_TEST(queries(out) == 1U);
    r.on_summary(NodeId{1}, summary(0, 0)); // an empty ledger is an answer
    r.on_summary(NodeId{3}, summary(40, 32));
    BOOST_TEST(!r.finished());
    r.on_summary(NodeId{3}, summary(40, 8));
    BOOST_TEST(r.finished());
}

BOOST_AUTO_TEST_CASE(a_lost_question_is_asked_again_and_a_silent_node_waited_for_no_longer_than_the_window) {
    Recovery r;
    wire::Outbox out;
    TimePoint now{};
    r.begin(now, epoch, {NodeId{1}}, out);
    now = r.deadline();
    r.on_deadline(now, out);
    BOOST_TEST(queries(out) == 2U);
    BOOST_TEST(!r.finished());
    now = TimePoint{} + Recovery::window;
    r.on_deadline(now, out);
    BOOST_TEST(r.finished());
}

BOOST_AUTO_TEST_CASE(whoever_was_silent_before_can_be_excused_after_the_second_question) {
    Recovery r;
    wire::Outbox out;
    r.begin({}, epoch, {NodeId{1}}, out);
    BOOST_TEST(!r.asked_again());
    r.on_deadline(r.deadline(), out);
    BOOST_TEST(r.asked_again());
    r.excuse(NodeId{1});
    BOOST_TEST(r.finished());
}

BOOST_AUTO_TEST_CASE(an_answer_to_an_earlier_epoch_does_not_count) {
    Recovery r;
    wire::Outbox out;
    r.begin({}, Epoch{4, NodeId{2}, 1}, {NodeId{1}}, out);
    r.on_summary(NodeId{1}, summary(0, 0));
    BOOST_TEST(!r.finished());
}

BOOST_AUTO_TEST_CASE(a_node_that_died_is_not_waited_for) {
    Recovery r;
    wire::Outbox out;
    r.begin({}, epoch, {NodeId{1}}, out);
    r.excuse(NodeId{1});
    BOOST_TEST(r.finished());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(fetch_list)

BOOST_AUTO_TEST_CASE(holders_are_asked_in_turn) {
    FetchList list;
    const ObjectId object{{ClientId{1}, 1}, ObjectKind::upload};
    TimePoint now{};
    list.want(now, object, NodeId{1});
    list.want(now, object, NodeId{3});
    BOOST_TEST((list.due(now).at(0).holder == NodeId{1}));
    BOOST_TEST(list.due(now).empty());
    now = list.deadline();
    BOOST_TEST((list.due(now).at(0).holder == NodeId{3}));
    now = list.deadline();
    BOOST_TEST((list.due(now).at(0).holder == NodeId{1}));
}

BOOST_AUTO_TEST_CASE(incoming_data_postpones_the_next_question) {
    FetchList list;
    const ObjectId object{{ClientId{1}, 1}, ObjectKind::upload};
    list.want({}, object, NodeId{1});
    (void)list.due({});
    list.progress(TimePoint{} + 90ms, object);
    BOOST_TEST((list.deadline() == TimePoint{} + 90ms + FetchList::ask_again_after));
}

BOOST_AUTO_TEST_CASE(nobody_left_to_ask_means_lost) {
    FetchList list;
    const ObjectId object{{ClientId{1}, 1}, ObjectKind::upload};
    list.want({}, object, NodeId{1});
    list.want({}, object, NodeId{2});
    list.drop_holder(NodeId{1});
    BOOST_TEST(list.take_lost().empty());
    list.drop_holder(object, NodeId{2}); // it says that it has not got it
    BOOST_TEST(!list.wanted(object));
    BOOST_TEST((list.deadline() == never));
    BOOST_TEST((list.take_lost() == std::vector{object}));
    BOOST_TEST(list.take_lost().empty());
}

BOOST_AUTO_TEST_CASE(holders_that_never_deliver_are_given_up) {
    FetchList list;
    const ObjectId object{{ClientId{1}, 1}, ObjectKind::upload};
    list.want({}, object, NodeId{1});
    int asked = 0;
    while (list.wanted(object) && asked < 1000) asked += static_cast<int>(list.due(list.deadline()).size());
    BOOST_TEST(asked == FetchList::rounds_max + 1);
    BOOST_TEST(list.take_lost().size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_arrives_is_not_lost) {
    FetchList list;
    const ObjectId object{{ClientId{1}, 1}, ObjectKind::upload};
    list.want({}, object, NodeId{1});
    list.arrived(object);
    list.drop_holder(NodeId{1});
    BOOST_TEST(list.take_lost().empty());
}

BOOST_AUTO_TEST_SUITE_END()
