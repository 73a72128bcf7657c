#include "base/payload.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;

namespace {

Payload payload_of(std::string_view text) {
    const ByteView view = as_bytes(text);
    return Payload{Bytes{view.begin(), view.end()}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(payload)

BOOST_AUTO_TEST_CASE(a_default_payload_holds_nothing_and_an_empty_one_is_something) {
    BOOST_TEST(!Payload{});
    BOOST_TEST(Payload{}.size() == 0U);
    BOOST_TEST(!!Payload{Bytes{}});
}

BOOST_AUTO_TEST_CASE(copies_and_slices_share_the_bytes) {
    const Payload whole = payload_of("an image");
    Payload copy;
    copy = whole;
    const Payload slice = whole.slice(3, 5);
    BOOST_TEST((copy.view().data() == whole.view().data()));
    BOOST_TEST((slice.view().data() == whole.view().data() + 3));
    BOOST_TEST(as_text(slice.view()) == "image");
    BOOST_TEST(as_text(slice.slice(1, 2).view()) == "ma");
    BOOST_TEST(whole.slice(8, 0).size() == 0U);
}

BOOST_AUTO_TEST_CASE(moving_bytes_in_copies_none) {
    Bytes bytes(1000);
    const std::byte* data = bytes.data();
    const Payload payload{std::move(bytes)};
    BOOST_TEST((payload.view().data() == data));
}

BOOST_AUTO_TEST_CASE(a_slice_keeps_the_bytes_after_the_whole_is_gone) {
    Payload slice;
    { slice = payload_of("an image").slice(3, 5); }
    BOOST_TEST(as_text(slice.view()) == "image");
}

BOOST_AUTO_TEST_CASE(the_owner_of_foreign_memory_lives_as_long_as_the_last_copy) {
    auto memory = std::make_shared<std::array<std::byte, 16>>();
    const std::weak_ptr<const void> watch = memory;
    Payload whole{memory, *memory};
    memory.reset();
    Payload slice = whole.slice(4, 4);
    whole = {};
    BOOST_TEST(!watch.expired());
    slice = {};
    BOOST_TEST(watch.expired());
}

BOOST_AUTO_TEST_SUITE_END()
