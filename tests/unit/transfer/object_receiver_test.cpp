#include "unit/transfer/fixtures.hpp"

using namespace cp;
using namespace cp::test;
using namespace cp::transfer;
using Arrival = ObjectReceiver::Arrival;

BOOST_AUTO_TEST_SUITE(object_receiver)

BOOST_AUTO_TEST_CASE(segments_in_any_order_make_the_object) {
    const Payload object = random_payload(512 * 3 + 100);
    auto receiver = ObjectReceiver::make({object.size(), 512});
    BOOST_TEST_REQUIRE(receiver != nullptr);
    BOOST_TEST((receiver->on_data(3, object.view().subspan(512 * 3)) == Arrival::stored));
    BOOST_TEST((receiver->on_data(1, object.view().subspan(512, 512)) == Arrival::stored));
    BOOST_TEST((receiver->on_data(1, object.view().subspan(512, 512)) == Arrival::duplicate));
    BOOST_TEST((receiver->on_data(0, object.view().first(512)) == Arrival::stored));
    BOOST_TEST(!receiver->complete());
    BOOST_TEST((receiver->on_data(2, object.view().subspan(1024, 512)) == Arrival::stored));
    BOOST_TEST_REQUIRE(receiver->complete());
    const Payload payload = receiver->payload();
    receiver.reset(); // the payload has its own share of the slab
    BOOST_TEST(same_bytes(payload, object));
}

BOOST_AUTO_TEST_CASE(a_duplicate_with_other_bytes_changes_nothing) {
    const Payload object = random_payload(512);
    const Payload other = random_payload(512, 2);
    auto receiver = ObjectReceiver::make({512, 512});
    BOOST_TEST((receiver->on_data(0, object.view()) == Arrival::stored));
    BOOST_TEST((receiver->on_data(0, other.view()) == Arrival::duplicate));
    BOOST_TEST(same_bytes(receiver->payload(), object));
}

BOOST_AUTO_TEST_CASE(a_segment_outside_or_of_another_size_is_a_misfit) {
    const Bytes bytes(600);
    const ByteView view{bytes};
    auto receiver = ObjectReceiver::make({512 + 100, 512});
    BOOST_TEST((receiver->on_data(2, view.first(100)) == Arrival::misfit));
    BOOST_TEST((receiver->on_data(0xffffff, view.first(512)) == Arrival::misfit));
    BOOST_TEST((receiver->on_data(0, view.first(511)) == Arrival::misfit));
    BOOST_TEST((receiver->on_data(0, view.first(513)) == Arrival::misfit));
    BOOST_TEST((receiver->on_data(0, view.first(0)) == Arrival::misfit));
    BOOST_TEST((receiver->on_data(1, view.first(512)) == Arrival::misfit)); // the tail is shorter
    BOOST_TEST((receiver->on_data(1, view.first(99)) == Arrival::misfit));
    BOOST_TEST(receiver->map().have() == 0U);
    BOOST_TEST((receiver->on_data(1, view.first(100)) == Arrival::stored));
}

BOOST_AUTO_TEST_CASE(the_largest_object_has_a_segment_count_that_fits) {
    const ObjectLayout layout{limits::object_max, limits::segment_min};
    BOOST_TEST(layout.segments() <= limits::segments_max);
    BOOST_TEST(layout.offset_of(layout.segments() - 1) + layout.size_of(layout.segments() - 1) ==
               limits::object_max);
}

BOOST_AUTO_TEST_CASE(an_empty_object_is_complete_at_once) {
    const auto receiver = ObjectReceiver::make({0, 512});
    BOOST_TEST(receiver->complete());
    BOOST_TEST(receiver->payload().size() == 0U);
    BOOST_TEST(static_cast<bool>(receiver->payload())); // empty, not absent
}

BOOST_AUTO_TEST_SUITE_END()
