#include "base/rng.hpp"
#include "imaging/image_probe.hpp"
#include "support/print.hpp"
#include "support/vector_file.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>

using namespace cp;
using namespace cp::imaging;
using namespace cp::test;

namespace {

struct Sample {
    const char* name;
    Format format;
    std::uint32_t width;
    std::uint32_t height;
    Bytes bytes; // ends with the last byte that the size needs
};

// Headers written by hand; spaces and line breaks are for the reader.
Bytes hex(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
    return from_hex(text);
}

const std::string riff = "52494646 00000000 57454250 ";
const std::string tiff_height = "0101 0004 00000001 00011170";
const std::string bmp_file_header = "424d 46000000 0000 0000 36000000 ";

std::vector<Sample> samples() {
    return {
        {"PNG", Format::png, 800, 600, hex("89504e470d0a1a0a 0000000d 49484452 00000320 00000258")},
        {"JPEG baseline", Format::jpeg, 640, 480, hex("ffd8 ffe0 0004 4a46 ffc0 0011 08 01e0 0280")},
        {"JPEG progressive after fill bytes, TEM and a table", Format::jpeg, 3, 2,
         hex("ffd8 ff01 ffffffdb 0003 00 ffc4 0002 ffc2 000b 08 0002 0003")},
        {"WebP lossy", Format::webp, 550, 368, hex(riff + "56503820 00000000 300000 9d012a 2682 7041")},
        {"WebP lossless", Format::webp, 16384, 1, hex(riff + "5650384c 00000000 2f ff3f0000")},
        {"WebP extended", Format::webp, 16777216, 256,
         hex(riff + "56503858 0a000000 10000000 ffffff ff0000")},
        {"BMP", Format::bmp, 300, 200, hex(bmp_file_header + "28000000 2c010000 c8000000 0100")},
        {"BMP, top row first", Format::bmp, 300, 200,
         hex(bmp_file_header + "7c000000 2c010000 38ffffff 0100")},
        {"BMP of OS/2", Format::bmp, 300, 200, hex(bmp_file_header + "0c000000 2c01 c800 0100")},
        {"TIFF, little-endian", Format::tiff, 258, 70000,
         hex("49492a00 0a000000 0000 0300 fe00 0400 01000000 00000000 0001 0300 01000000 02010000"
             "0101 0400 01000000 70110100")},
        {"TIFF, big-endian", Format::tiff, 258, 70000,
         hex("4d4d002a 00000008 0002 0100 0003 00000001 01020000 0101 0004 00000001 00011170")},
    };
}

// A copy that ends where its allocation ends, so that a sanitizer sees one byte too far.
Result<ImageInfo> probe_exactly(ByteView bytes) {
    const auto exact = std::make_unique<std::byte[]>(bytes.size());
    std::ranges::copy(bytes, exact.get());
    return probe({exact.get(), bytes.size()});
}

} // namespace

BOOST_AUTO_TEST_SUITE(image_probe)

BOOST_AUTO_TEST_CASE(every_format_tells_its_size) {
    for (const Sample& sample : samples()) {
        const auto info = probe_exactly(sample.bytes);
        BOOST_TEST_REQUIRE(info.has_value(), sample.name << ": " << info.error().message());
        BOOST_TEST((info->format == sample.format), sample.name);
        BOOST_TEST(info->width == sample.width, sample.name);
        BOOST_TEST(info->height == sample.height, sample.name);
    }
}

BOOST_AUTO_TEST_CASE(every_cut_is_an_error_and_reads_nothing_beyond) {
    for (const Sample& sample : samples()) {
        for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
            const auto info = probe_exactly(ByteView{sample.bytes}.first(size));
            BOOST_TEST_REQUIRE(info.has_error(), sample.name << " cut at " << size);
            BOOST_TEST((info.error() == errc::truncated || info.error() == errc::not_an_image),
                       sample.name << " cut at " << size << ": " << info.error().message());
            if (size >= 18) BOOST_TEST(info.error() == errc::truncated, sample.name << " cut at " << size);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_side_of_zero_is_refused) {
    for (const char* text :
         {"89504e470d0a1a0a 0000000d 49484452 00000000 00000258",
          "89504e470d0a1a0a 0000000d 49484452 00000320 00000000", "ffd8 ffc0 0011 08 0000 0280",
          "ffd8 ffc0 0011 08 0280 0000",
          "4d4d002a 00000008 0001 0100 0003 00000001 01020000"}) { // a TIFF without a height
        BOOST_TEST(probe_exactly(hex(text)).error() == errc::bad_field, text);
    }
    BOOST_TEST(probe_exactly(hex(riff + "56503820 00000000 300000 9d012a 0000 7001")).error() ==
               errc::bad_field);
    BOOST_TEST(probe_exactly(hex(bmp_file_header + "28000000 00000000 c8000000 0100")).error() ==
               errc::bad_field);
}

BOOST_AUTO_TEST_CASE(headers_that_cannot_be_are_refused) {
    for (const std::string& text : {
             std::string{"89504e470d0a1a0a 0000000e 49484452 00000320 00000258"}, // IHDR of 14 bytes
             std::string{"89504e470d0a1a0a 0000000d 49444154 00000320 00000258"}, // IDAT first
             std::string{"89504e470d0a1a0a 0000000d 49484452 80000000 00000258"}, // beyond 2^31 - 1
             std::string{"ffd8 ffe0 0001 ffc0 0011 08 01e0 0280"}, // a segment shorter than its length
             std::string{"ffd8 ffda 0008 0000"},                   // scan before frame
             std::string{"ffd8 ffd9 0000"},                        // end before frame
             std::string{"ffd8 ffe0 0002 00c0 0011"},              // no marker where one must be
             riff + "58585858 00000000 00000000 00000000",         // no chunk of WebP
             riff + "56503820 00000000 310000 9d012a 2602 7001",   // not a key frame
             riff + "56503820 00000000 300000 9d012b 2602 7001",   // start code
             riff + "5650384c 00000000 2e ff3f0000",               // signature
             riff + "5650384c 00000000 2f ff3f0020",               // version
             bmp_file_header + "28000000 ffffffff c8000000 0100",  // negative width
             bmp_file_header + "28000000 2c010000 00000080 0100",  // height -2^31
             "4d4d002a 00000006 0100 0003 00000001 01020000" + tiff_height, // directory inside the header
             "4d4d002a 00000008 1001 0100 0003 00000001 01020000" + tiff_height, // 4097 entries
             "4d4d002a 00000008 0002 0100 0005 00000001 01020000" + tiff_height, // a width that is a fraction
             "4d4d002a 00000008 0002 0100 0003 00000002 01020000" + tiff_height, // two widths
             std::string{"4d4d002a 00000008 0000"},                              // an empty directory
         }) {
        const auto info = probe_exactly(hex(text));
        BOOST_TEST_REQUIRE(info.has_error(), text);
        BOOST_TEST(info.error() == errc::bad_field, text);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_image_is_said_to_be_none) {
    BOOST_TEST(probe({}).error() == errc::not_an_image);
    for (const char* text : {"BMW is a maker of cars, not of pictures", "BM", "hello", "GIF89a\x01",
                             "RIFF\1\1\1\1WAVEfmt ", "%PDF-1.7", "\x89PNG\n\x1a\n", "P6 1 1 255"}) {
        BOOST_TEST(probe_exactly(as_bytes(text)).error() == errc::not_an_image, text);
    }
    BOOST_TEST(probe_exactly(hex(bmp_file_header + "28000000 2c010000 c8000000 0200")).error() ==
               errc::not_an_image); // two planes
}

BOOST_AUTO_TEST_CASE(an_encrypted_file_is_recognised) {
    BOOST_TEST(probe_exactly(as_bytes("CPE1")).error() == errc::already_encrypted);
    BOOST_TEST(probe_exactly(as_bytes("CPE")).error() == errc::not_an_image);
}

BOOST_AUTO_TEST_CASE(endless_segments_and_fill_bytes_end) {
    Bytes segments = hex("ffd8");
    for (int i = 0; i < 70'000; ++i) {
        const Bytes segment = hex("ffe00002");
        segments.insert(segments.end(), segment.begin(), segment.end());
    }
    BOOST_TEST(probe_exactly(segments).error() == errc::bad_field);
    Bytes fill = hex("ffd8");
    fill.resize(1 << 20, std::byte{0xff});
    BOOST_TEST(probe_exactly(fill).error() == errc::bad_field);
}

BOOST_AUTO_TEST_CASE(random_changes_of_good_headers_never_read_outside) {
    Rng rng{11};
    for (const Sample& sample : samples()) {
        for (int round = 0; round < 5'000; ++round) {
            Bytes bytes = sample.bytes;
            for (std::uint64_t change = rng.below(4); change-- > 0;) {
                bytes[rng.below(bytes.size())] = static_cast<std::byte>(rng.below(256));
            }
            bytes.resize(rng.below(bytes.size() + 8));
            const auto info = probe_exactly(bytes);
            if (info) BOOST_TEST((info->width > 0 && info->height > 0));
        }
    }
}

BOOST_AUTO_TEST_CASE(extensions_are_what_people_name_files) {
    BOOST_TEST(extension(Format::png) == "png");
    BOOST_TEST(extension(Format::jpeg) == "jpg");
    BOOST_TEST(extension(Format::webp) == "webp");
    BOOST_TEST(extension(Format::bmp) == "bmp");
    BOOST_TEST(extension(Format::tiff) == "tiff");
}

BOOST_AUTO_TEST_SUITE_END()
