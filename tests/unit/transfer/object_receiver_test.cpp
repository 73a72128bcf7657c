#include "transfer/parity.hpp"
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

BOOST_AUTO_TEST_CASE(parity_and_data_in_any_order_give_the_object) {
    Rng rng{5};
    for (const std::size_t bytes :
         {std::size_t{2 * 600}, std::size_t{130 * 600 - 77}, std::size_t{256 * 600}}) {
        const Payload payload = random_payload(bytes, bytes);
        const ObjectLayout layout{bytes, 600};
        struct Piece {
            bool parity;
            std::uint32_t at;
            std::uint8_t index;
        };
        std::vector<Piece> pieces;
        for (std::uint32_t s = 0; s < layout.segments(); ++s) pieces.push_back({false, s, 0});
        for (std::uint32_t block = 0; block * limits::segments_per_block < layout.segments(); ++block) {
            for (std::uint8_t index = 0; index < 100; ++index) pieces.push_back({true, block, index});
        }
        for (std::size_t i = pieces.size(); i > 1; --i) std::swap(pieces[i - 1], pieces[rng.below(i)]);

        const auto receiver = ObjectReceiver::make(layout);
        std::size_t used = 0;
        for (const Piece& piece : pieces) {
            if (receiver->complete()) break;
            ++used;
            if (!piece.parity) {
                const auto view =
                    payload.view().subspan(layout.offset_of(piece.at), layout.size_of(piece.at));
                BOOST_TEST((receiver->on_data(piece.at, view) != ObjectReceiver::Arrival::misfit));
                continue;
            }
            const std::uint64_t from = layout.offset_of(piece.at * std::uint32_t{limits::segments_per_block});
            const std::uint64_t most = layout.offset_of(limits::segments_per_block);
            Bytes parity(600);
            encode_parity(payload.view().subspan(from, std::min<std::uint64_t>(most, bytes - from)), 600,
                          piece.index, parity);
            BOOST_TEST(
                (receiver->on_parity(piece.at, piece.index, parity) != ObjectReceiver::Arrival::misfit));
        }
        BOOST_TEST_REQUIRE(receiver->complete());
        BOOST_TEST(used < pieces.size());
        BOOST_TEST(same_bytes(receiver->payload(), payload));
    }
}

BOOST_AUTO_TEST_CASE(parity_that_does_not_fit_changes_nothing) {
    const auto receiver = ObjectReceiver::make({10 * 600, 600});
    using enum ObjectReceiver::Arrival;
    const Bytes bytes(600);
    BOOST_TEST((receiver->on_parity(1, 0, bytes) == misfit));
    BOOST_TEST((receiver->on_parity(0xffffff, 0, bytes) == misfit));
    BOOST_TEST((receiver->on_parity(0, limits::parity_per_block_max, bytes) == misfit));
    BOOST_TEST((receiver->on_parity(0, 255, bytes) == misfit));
    BOOST_TEST((receiver->on_parity(0, 0, ByteView{bytes}.first(599)) == misfit));
    BOOST_TEST(receiver->map().covered(0) == 0U);
    BOOST_TEST((receiver->on_parity(0, 3, bytes) == stored));
    BOOST_TEST((receiver->on_parity(0, 3, bytes) == duplicate));
    BOOST_TEST(receiver->map().covered(0) == 1U);
}

BOOST_AUTO_TEST_CASE(a_report_names_as_many_as_have_to_come) {
    const auto receiver = ObjectReceiver::make({100 * 600, 600});
    const Bytes bytes(600);
    for (std::uint32_t s = 0; s < 96; ++s) static_cast<void>(receiver->on_data(s, bytes)); // misses four
    static_cast<void>(receiver->on_parity(0, 0, bytes));
    std::vector<std::uint32_t> named;
    for (const auto& gap : receiver->map().gaps(100, 10)) {
        for_each_missing(gap, [&](std::uint32_t s) { named.push_back(s); });
    }
    BOOST_TEST((named == std::vector<std::uint32_t>{96, 97, 98}));
    BOOST_TEST(receiver->map().gaps(97, 10).empty()); // one parity segment stands for it
}

BOOST_AUTO_TEST_SUITE_END()
