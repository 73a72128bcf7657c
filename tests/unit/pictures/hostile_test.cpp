// Pictures made to cost their reader something: each is decoded, or refused in one line, within 512 MiB.
// Decoded in a process of its own, whose peak the kernel tells.
#include "bombs.hpp"
#include "imaging/stego.hpp"
#include "pictures/codec.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace cp;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr long peak_max_kib = 1L << 40; // they hold memory of their own
#else
constexpr long peak_max_kib = 512L << 10;
#endif
constexpr rlim_t seconds_max =
    120; // of the processor: so that what never ends is a failure, not a test that hangs

struct Seen {
    std::string line; // "ok", or why not
    long peak_kib = 0;
    bool crashed = true;
};

using Work = std::function<std::string()>; // what it returns is told

[[noreturn]] void work_and_tell(const Work& work, int to) {
    const rlimit limit{seconds_max, seconds_max};
    setrlimit(RLIMIT_CPU, &limit);
    const std::string line = work();
    _exit(write(to, line.data(), line.size()) == static_cast<ssize_t>(line.size()) ? 0 : 1);
}

Seen see_apart(const Work& work) {
    std::array<int, 2> ends{};
    BOOST_TEST_REQUIRE(pipe(ends.data()) == 0);
    const pid_t child = fork();
    BOOST_TEST_REQUIRE(child >= 0);
    if (child == 0) work_and_tell(work, ends[1]);
    close(ends[1]);
    Seen seen;
    std::array<char, 256> part{};
    for (ssize_t got = 0; (got = read(ends[0], part.data(), part.size())) > 0;)
        seen.line.append(part.data(), static_cast<std::size_t>(got));
    close(ends[0]);
    int status = 0;
    rusage usage{};
    BOOST_TEST_REQUIRE(wait4(child, &status, 0, &usage) == child);
    seen.crashed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    seen.peak_kib = usage.ru_maxrss;
    return seen;
}

// `expected`: a part of the line.
void check(const char* what, const Bytes& file, std::string_view expected) {
    const Seen seen = see_apart([&] {
        const auto decoded = pictures::decode(file, {});
        return decoded ? "ok" : decoded.error().line;
    });
    BOOST_TEST(!seen.crashed, what);
    BOOST_TEST(seen.line.find('\n') == std::string::npos, what);
    BOOST_TEST(seen.line.find(expected) != std::string::npos, what << ": " << seen.line);
    BOOST_TEST(seen.peak_kib < peak_max_kib, what << " took " << seen.peak_kib << " KiB");
    BOOST_TEST_MESSAGE(what << ": " << seen.line << ", " << seen.peak_kib / 1024 << " MiB");
}

Bytes repeated(const Bytes& part, int times) {
    Bytes out;
    for (int i = 0; i < times; ++i) out.insert(out.end(), part.begin(), part.end());
    return out;
}

Bytes file_named(const std::string& name) {
    std::ifstream in{std::string{CP_TESTS_DIR} + "/data/" + name, std::ios::binary};
    BOOST_TEST_REQUIRE(in.is_open(), "cannot open tests/data/" << name);
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    return {as_bytes(text).begin(), as_bytes(text).end()};
}

constexpr std::uint64_t seven_mb = 7'000'000; // libpng refuses single ones above 8

} // namespace

BOOST_AUTO_TEST_SUITE(hostile_pictures)

BOOST_AUTO_TEST_CASE(the_largest_legal_png_of_one_colour_is_decoded) {
    check("64 MP", bombs::black_png(8000, 8000), "ok");
}

BOOST_AUTO_TEST_CASE(a_png_above_the_limits_is_refused_by_its_header) {
    check("100 MP", bombs::black_png(10000, 10000), "the limit is 64000000");
    check("a long line", bombs::black_png(60000, 2), "16384 a side");
    Bytes absurd = bombs::black_png(8, 8);
    for (std::size_t i = 16; i < 24; ++i) absurd[i] = std::byte{0x7f};
    check("2^31 a side", absurd, "a side");
}

BOOST_AUTO_TEST_CASE(packed_texts_of_a_png_are_counted_before_anything_is_unpacked) {
    const Bytes text = bombs::packed_png_chunk("zTXt", seven_mb);
    check("16 texts of 7 MB", bombs::black_png(8, 8, repeated(text, 16)), "ok");
    check("1000 texts of 7 MB", bombs::black_png(8, 8, repeated(text, 1000)), "1000 packed texts");
    const Bytes profile = bombs::packed_png_chunk("iCCP", seven_mb);
    check("500 profiles of 7 MB", bombs::black_png(8, 8, repeated(profile, 500)), "500 packed texts");
}

BOOST_AUTO_TEST_CASE(a_png_that_ends_early_is_refused) {
    Bytes cut = bombs::black_png(4000, 4000);
    cut.resize(cut.size() / 2);
    check("half of it", cut, "a damaged picture");
}

BOOST_AUTO_TEST_CASE(scans_of_a_jpeg_are_counted_and_weighed) {
    constexpr std::size_t size = 70'000; // above one byte for a thousand pixels
    check("100 scans of 64 MP", bombs::many_scans_jpeg(8000, 8000, 100, size), "ok");
    check("101 scans", bombs::many_scans_jpeg(8000, 8000, 101, size), "101 scans");
    check("64 MP in a small file", bombs::many_scans_jpeg(8000, 8000, 1, 0), "1000 pixels a byte");
    Bytes full_colour = bombs::many_scans_jpeg(8000, 8000, 2, size);
    for (std::size_t i = 0; i + 1 < 200; ++i) // three components of full size
        if (full_colour[i] == std::byte{0x22} && full_colour[i - 1] == std::byte{1})
            full_colour[i] = std::byte{0x11};
    check("64 MP of full colour", full_colour, "in a JPEG of several scans");
}

BOOST_AUTO_TEST_CASE(the_largest_legal_webp_of_one_colour_is_decoded) {
    const Bytes whole = file_named("black_64_megapixels.webp"); // lossless, 2.5 kB
    check("64 MP", whole, "ok");
    Bytes wider = whole;
    wider[22] = std::byte{0x3f}; // the upper bits of its width
    check("more", wider, "pixels");
    check("half of it", Bytes{whole.begin(), whole.begin() + 1250}, "a damaged picture");
}

BOOST_AUTO_TEST_CASE(a_tiff_is_refused_for_tiles_and_samples_that_no_picture_has) {
    check("5600 x 5600", bombs::black_tiff({.width = 5600, .height = 5600}), "ok");
    check("one tile of 800 MB", bombs::black_tiff({.width = 16, .height = 16, .tile = 16384}),
          "tiles of 16384 x 16384");
    check("64 bits a sample", bombs::black_tiff({.width = 5600, .height = 5600, .bits = 64}),
          "neither 8 nor 16 bits");
    check("200 samples a pixel", bombs::black_tiff({.width = 1000, .height = 1000, .samples = 200}),
          "200 samples");
}

// The account on which pictures are refused for lack of memory: of one whose PNG cannot be packed.
BOOST_AUTO_TEST_CASE(hiding_takes_no_more_memory_than_it_announces) {
    constexpr std::uint32_t side = 4000;
    const Seen seen = see_apart([] {
        imaging::Picture picture = imaging::blank_picture(side, side, 3);
        std::minstd_rand random;
        for (auto& sample : picture.samples) sample = static_cast<std::byte>(random() >> 16U);
        imaging::HideJob job;
        const imaging::Secret secret = imaging::UserKey{};
        job.keys = derive_stego_keys(secret, imaging::Profile::key_file, "alice").value();
        job.body =
            file_key_for(secret, imaging::stego_parameters(imaging::Profile::key_file), job.seed)->keys;
        const Bytes payload(200'000, std::byte{7});
        job.payload = payload;
        const bool hidden = imaging::hide(picture, job, imaging::one_after_another).has_value();
        return hidden && pictures::encode_png(picture, {}) ? "ok" : "failed";
    });
    BOOST_TEST(!seen.crashed);
    BOOST_TEST(seen.line == "ok");
    const imaging::ImageInfo info{imaging::Format::jpeg, side, side, 3};
    constexpr std::uint64_t program = 24; // MiB, with OpenCV
    const std::uint64_t announced = (pictures::hiding_memory(info) >> 20U) + program;
    BOOST_TEST_MESSAGE(seen.peak_kib / 1024 << " MiB of " << announced);
    if (peak_max_kib == 512L << 10) BOOST_TEST(static_cast<std::uint64_t>(seen.peak_kib) / 1024 < announced);
}

BOOST_AUTO_TEST_SUITE_END()
