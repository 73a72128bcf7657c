#include "imaging/hide_request.hpp"
#include "support/print.hpp"
#include "unit/imaging/stego_support.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace cp;
using namespace cp::imaging;

namespace {

HideRequest sample() {
    HideRequest request;
    request.method = HideMethod::lsb;
    request.kind = HiddenKind::image;
    request.height = 10;
    request.keys = derive_stego_keys(UserKey{}, Profile::key_file, "alice").value();
    request.name = "name.png";
    request.payload = as_bytes("payload");
    request.cover = as_bytes("cover");
    return request;
}

} // namespace

BOOST_AUTO_TEST_SUITE(hide_request)

BOOST_AUTO_TEST_CASE(a_request_comes_back_as_it_was_made) {
    const Bytes bytes = write_hide_request(sample());
    const auto back = read_hide_request(bytes);
    BOOST_TEST_REQUIRE(back.has_value());
    BOOST_TEST((back->method == HideMethod::lsb && back->kind == HiddenKind::image && back->height == 10));
    BOOST_TEST((back->keys.profile == Profile::key_file && back->keys.location == sample().keys.location));
    BOOST_TEST((back->keys.header_enc == sample().keys.header_enc));
    BOOST_TEST((back->keys.header_mac == sample().keys.header_mac));
    BOOST_TEST(back->name == "name.png");
    BOOST_TEST(as_text(back->payload) == "payload");
    BOOST_TEST(as_text(back->cover) == "cover");
}

BOOST_AUTO_TEST_CASE(every_cut_before_the_cover_is_noticed) {
    const Bytes bytes = write_hide_request(sample());
    for (std::size_t size = 0; size + sample().cover.size() < bytes.size(); ++size)
        BOOST_TEST(read_hide_request(ByteView{bytes}.first(size)).error() == errc::truncated);
}

BOOST_AUTO_TEST_CASE(a_size_beyond_the_end_or_an_unknown_method_is_refused) {
    Bytes bytes = write_hide_request(sample());
    const std::size_t size_at = 4 + 80 + 1 + sample().name.size();
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(size_at), 8, std::byte{0xff});
    BOOST_TEST(read_hide_request(bytes).error() == errc::truncated);
    bytes = write_hide_request(sample());
    bytes[0] = std::byte{3};
    BOOST_TEST(read_hide_request(bytes).error() == errc::bad_field);
}

BOOST_AUTO_TEST_SUITE_END()
