#include "imaging/lsb.hpp"
#include "support/print.hpp"
#include "unit/imaging/stego_support.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::imaging;

BOOST_AUTO_TEST_SUITE(lsb)

BOOST_AUTO_TEST_CASE(texts_up_to_the_capacity_come_back_from_every_layout) {
    for (std::uint8_t depth : {std::uint8_t{1}, std::uint8_t{2}}) {
        for (std::uint8_t channels = 1; channels <= 4; ++channels) {
            for (std::size_t size : {std::size_t{1}, std::size_t{5},
                                     std::size_t(lsb_capacity(33ULL * 21 * (channels < 3 ? 1 : 3)))}) {
                Picture picture = test_photo(33, 21, channels, depth);
                const std::string text(size, 'x');
                BOOST_TEST_REQUIRE(lsb_hide(picture, text).has_value());
                BOOST_TEST(lsb_extract(picture).value() == text);
                BOOST_TEST(lsb_hide(picture, text + "y").has_error() == (size > 5));
            }
        }
    }
}

// The order that other programs use: red, green, blue; the highest bit first.
BOOST_AUTO_TEST_CASE(the_first_bits_are_the_length_in_red_green_blue) {
    Picture picture = blank_picture(20, 20, 3);
    BOOST_TEST_REQUIRE(lsb_hide(picture, "\x80").has_value());
    std::vector<std::size_t> set;
    for (std::size_t i = 0; i < picture.samples.size(); ++i)
        if (picture.samples[i] != std::byte{0}) set.push_back(i);
    // Bit 31 is the lowest of the length (pixel 10, green), bit 32 the highest of the text (pixel 10, blue).
    BOOST_TEST((set == std::vector<std::size_t>{30, 31}));
}

BOOST_AUTO_TEST_CASE(what_is_no_text_is_nothing) {
    Picture picture = blank_picture(20, 20, 3);
    BOOST_TEST(lsb_extract(picture).error() == errc::nothing_hidden); // length 0
    BOOST_TEST_REQUIRE(lsb_hide(picture, "\xff\xfe").has_value());
    BOOST_TEST(lsb_extract(picture).error() == errc::nothing_hidden);
    BOOST_TEST(lsb_extract(test_photo(20, 20)).error() == errc::nothing_hidden);
    Picture tiny = blank_picture(3, 3, 3);
    BOOST_TEST(lsb_hide(tiny, "").error() == errc::too_small);
    BOOST_TEST(lsb_extract(tiny).error() == errc::nothing_hidden);
}

BOOST_AUTO_TEST_SUITE_END()
