#include "imaging/stego.hpp"
#include "pictures/codec.hpp"
#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <pthread.h>
#include <random>

using namespace cp;
using namespace cp::imaging;

namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

Bytes file_named(const std::string& name) {
    std::ifstream in{std::string{CP_TESTS_DIR} + "/data/" + name, std::ios::binary};
    BOOST_TEST_REQUIRE(in.is_open(), "cannot open tests/data/" << name);
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    return {as_bytes(text).begin(), as_bytes(text).end()};
}

Picture noise(std::uint32_t width, std::uint32_t height, std::uint8_t channels, std::uint8_t depth) {
    Picture picture = blank_picture(width, height, channels, depth);
    std::mt19937 random{channels * 10U + depth};
    for (auto& sample : picture.samples) sample = static_cast<std::byte>(random());
    return picture;
}

bool same(const Picture& a, const Picture& b) {
    return a.width == b.width && a.height == b.height && a.channels == b.channels &&
           a.bytes_per_sample == b.bytes_per_sample && std::ranges::equal(a.samples, b.samples);
}

Bytes inserted(ByteView file, std::size_t at, std::string_view what) {
    Bytes out{file.begin(), file.begin() + static_cast<std::ptrdiff_t>(at)};
    out.insert(out.end(), as_bytes(what).begin(), as_bytes(what).end());
    out.insert(out.end(), file.begin() + static_cast<std::ptrdiff_t>(at), file.end());
    return out;
}

// A JPEG segment with an EXIF directory of one entry.
std::string exif_segment(char orientation) {
    return "\xff\xe1\0\x22"s + "Exif\0\0"s + "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"s +
           orientation + "\0\0\0\0\0\0"s;
}

errc refusal(ByteView file, const DecodeLimits& limits = {}) {
    const auto decoded = pictures::decode(file, limits);
    BOOST_TEST_REQUIRE(decoded.has_error());
    BOOST_TEST(!decoded.error().line.empty());
    return decoded.error().code;
}

} // namespace

BOOST_AUTO_TEST_SUITE(codec)

BOOST_AUTO_TEST_CASE(png_of_every_layout_is_lossless) {
    for (std::uint8_t depth : {std::uint8_t{1}, std::uint8_t{2}}) {
        for (std::uint8_t channels = 1; channels <= 4; ++channels) {
            const Picture picture = noise(33, 21, channels, depth);
            const auto png = pictures::encode_png(picture, {});
            BOOST_TEST_REQUIRE(png.has_value());
            const auto decoded = pictures::decode(*png, {});
            BOOST_TEST_REQUIRE(decoded.has_value());
            BOOST_TEST(same(decoded->picture, picture), "channels " << +channels << ", bytes " << +depth);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_format_is_decoded) {
    for (const char* name : {"small.jpg", "small.webp", "small.bmp", "small.tiff"}) {
        const auto decoded = pictures::decode(file_named(name), {});
        BOOST_TEST_REQUIRE(decoded.has_value(), name);
        BOOST_TEST((decoded->picture.width == 64U && decoded->picture.height == 48U));
        BOOST_TEST(decoded->picture.channels == 3);
    }
}

BOOST_AUTO_TEST_CASE(a_colour_file_that_is_grey_becomes_grey) {
    for (std::uint8_t depth : {std::uint8_t{1}, std::uint8_t{2}}) {
        const Picture grey = noise(20, 20, 1, depth);
        Picture colour = blank_picture(20, 20, 3, depth);
        for (std::size_t i = 0; i < 20 * 20 * 3; ++i)
            std::memcpy(&colour.samples[i * depth], &grey.samples[i / 3 * depth], depth);
        const auto decoded = pictures::decode(pictures::encode_png(colour, {}).value(), {});
        BOOST_TEST_REQUIRE(decoded.has_value());
        BOOST_TEST(same(decoded->picture, grey));
    }
}

BOOST_AUTO_TEST_CASE(what_is_cut_short_is_refused) {
    for (const char* name : {"small.jpg", "small.webp", "small.bmp", "small.tiff", "test_image.png"}) {
        const Bytes whole = file_named(name);
        for (std::size_t parts = 1; parts < 8; ++parts) {
            const ByteView cut = ByteView{whole}.first(whole.size() * parts / 8);
            BOOST_TEST(pictures::decode(cut, {}).has_error(), name << " cut to " << cut.size());
        }
    }
    Bytes no_end = file_named("small.jpg");
    no_end.resize(no_end.size() - 2);
    BOOST_TEST(refusal(no_end) == errc::unreadable);
}

BOOST_AUTO_TEST_CASE(headers_over_the_limits_are_refused_before_anything_is_decoded) {
    const Bytes jpeg = file_named("small.jpg");
    BOOST_TEST(pictures::decode(jpeg, {.max_pixels = 64 * 48, .max_side = 64}).has_value());
    BOOST_TEST(refusal(jpeg, {.max_pixels = 64 * 48 - 1}) == errc::too_large);
    BOOST_TEST(refusal(jpeg, {.max_side = 63}) == errc::too_large);
    Bytes bomb = jpeg; // 8000 x 8000 in a few kilobytes
    const auto frame = std::ranges::search(bomb, as_bytes("\xff\xc0\0\x11\x08"sv)).begin();
    BOOST_TEST_REQUIRE((frame != bomb.end()));
    const auto size = as_bytes("\x1f\x40\x1f\x40"sv);
    std::ranges::copy(size, frame + 5);
    BOOST_TEST(refusal(bomb) == errc::too_large);
    BOOST_TEST(refusal(as_bytes("no picture")) == errc::not_an_image);
}

BOOST_AUTO_TEST_CASE(the_exif_orientation_is_applied_and_taken_out) {
    const Bytes plain = file_named("small.jpg");
    const Picture stored = pictures::decode(plain, {}).value().picture;
    const auto pixel = [](const Picture& p, std::size_t x, std::size_t y) {
        return p.samples.subspan((y * p.width + x) * 3, 3);
    };
    // Where the stored first pixel is shown: left or right, top or bottom, and whether sides are exchanged.
    struct Case {
        char orientation;
        bool right, bottom, exchanged;
    };
    for (const Case c : {Case{1, false, false, false}, Case{2, true, false, false},
                         Case{3, true, true, false}, Case{4, false, true, false}, Case{5, false, false, true},
                         Case{6, true, false, true}, Case{7, true, true, true}, Case{8, false, true, true}}) {
        const auto turned = pictures::decode(inserted(plain, 2, exif_segment(c.orientation)), {});
        BOOST_TEST_REQUIRE(turned.has_value());
        const Picture& p = turned->picture;
        BOOST_TEST(p.width == (c.exchanged ? 48U : 64U));
        const auto shown = pixel(p, c.right ? p.width - 1 : 0, c.bottom ? p.height - 1 : 0);
        BOOST_TEST(std::ranges::equal(shown, pixel(stored, 0, 0)), "orientation " << +c.orientation);
        BOOST_TEST(turned->metadata.orientation == 1U);
        const auto again = pictures::decode(pictures::encode_png(p, turned->metadata).value(), {});
        BOOST_TEST_REQUIRE(again.has_value());
        BOOST_TEST(same(again->picture, p));
        BOOST_TEST((again->metadata.exif == turned->metadata.exif));
    }
}

BOOST_AUTO_TEST_CASE(profile_exif_and_xmp_pass_through_a_png) {
    Metadata metadata;
    metadata.icc.resize(3000, std::byte{5});
    std::ranges::copy(as_bytes("RGB "), metadata.icc.begin() + 16);
    const std::string exif = "II*\0\x08\0\0\0\0\0\0\0\0\0"s;
    metadata.exif = {as_bytes(exif).begin(), as_bytes(exif).end()};
    const std::string xmp = "<x:xmpmeta/>";
    metadata.xmp = {as_bytes(xmp).begin(), as_bytes(xmp).end()};
    const auto colour = pictures::decode(pictures::encode_png(noise(20, 20, 3, 1), metadata).value(), {});
    BOOST_TEST_REQUIRE(colour.has_value());
    BOOST_TEST((colour->metadata.icc == metadata.icc));
    BOOST_TEST((colour->metadata.exif == metadata.exif));
    BOOST_TEST((colour->metadata.xmp == metadata.xmp));
    const auto grey = pictures::decode(pictures::encode_png(noise(20, 20, 1, 1), metadata).value(), {});
    BOOST_TEST_REQUIRE(grey.has_value());
    BOOST_TEST(grey->metadata.icc.empty()); // of colour: it does not fit
}

BOOST_AUTO_TEST_CASE(what_is_hidden_survives_the_png_file) {
    Picture picture = pictures::decode(file_named("test_image.png"), {}).value().picture;
    HideJob job;
    job.keys = derive_stego_keys(Username{"alice"}, Profile::username, "alice").value();
    job.body = file_key_for(Username{"alice"}, {}, job.seed).value().keys;
    job.payload = as_bytes("hidden");
    BOOST_TEST_REQUIRE(hide(picture, job, one_after_another).has_value());
    const auto again = pictures::decode(pictures::encode_png(picture, {}).value(), {});
    BOOST_TEST_REQUIRE(again.has_value());
    const auto hidden = extract(again->picture, Username{"alice"}, "alice", 1000, one_after_another);
    BOOST_TEST_REQUIRE(hidden.has_value());
    BOOST_TEST(as_text(hidden->data) == "hidden");
}

BOOST_AUTO_TEST_CASE(without_a_thread_to_work_on_it_is_busy) {
    const Bytes png = pictures::encode_png(noise(20, 20, 3, 1), {}).value();
    pthread_attr_t usual;
    pthread_attr_t absurd; // a stack larger than the address space
    BOOST_TEST_REQUIRE(pthread_getattr_default_np(&usual) == 0);
    BOOST_TEST_REQUIRE(pthread_attr_init(&absurd) == 0);
    BOOST_TEST_REQUIRE(pthread_attr_setstacksize(&absurd, std::size_t{1} << 47U) == 0);
    BOOST_TEST_REQUIRE(pthread_setattr_default_np(&absurd) == 0);
    const auto decoded = pictures::decode(png, {});
    BOOST_TEST_REQUIRE(pthread_setattr_default_np(&usual) == 0);
    BOOST_TEST_REQUIRE(decoded.has_error());
    BOOST_TEST((decoded.error().code == errc::busy));
    BOOST_TEST(pictures::decode(png, {}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
