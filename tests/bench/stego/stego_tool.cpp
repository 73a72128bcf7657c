// Our steganography without cluster and command line, for measuring: many pictures, exact rates, one thread.
//   stego_tool hide RATE IN OUT [SEED [HEIGHT]]   random bytes at RATE bits per colour sample; one JSON line
//   stego_tool lsb RATE IN OUT [SEED]             the same by the plain method
//   stego_tool speed IN [THREADS]                 what decoding, hiding and finding cost; one JSON line a
//   rate stego_tool example IN OUT                     cover, stego, difference, and the plain method's
//   difference
#include "imaging/lsb.hpp"
#include "imaging/stego.hpp"
#include "pictures/codec.hpp"
#include "pictures/spread.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <stdexcept>

using namespace cp;
using namespace cp::imaging;

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

Bytes read(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) throw std::runtime_error{"cannot open " + path};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    return {as_bytes(text).begin(), as_bytes(text).end()};
}

void write(const std::string& path, const Picture& picture) {
    const auto png = pictures::encode_png(picture, {});
    if (!png) throw std::runtime_error{png.error().line};
    std::ofstream{path, std::ios::binary}.write(reinterpret_cast<const char*>(png->data()),
                                                static_cast<std::streamsize>(png->size()));
}

Picture decode(ByteView file) {
    auto decoded = pictures::decode(file, {});
    if (!decoded) throw std::runtime_error{decoded.error().line};
    return decoded->picture;
}

Bytes random_bytes(std::size_t count, unsigned seed) {
    std::mt19937 random{seed};
    Bytes bytes(count);
    for (auto& b : bytes) b = static_cast<std::byte>(random());
    return bytes;
}

HideJob job_for(ByteView payload, unsigned seed, unsigned height) {
    HideJob job;
    ByteWriter{job.seed}.u32(seed);
    const Secret secret = UserKey{job.seed};
    job.keys = derive_stego_keys(secret, Profile::key_file, "bench").value();
    job.body = file_key_for(secret, stego_parameters(Profile::key_file), job.seed).value().keys;
    job.kind = HiddenKind::file;
    job.payload = payload;
    job.height = height;
    return job;
}

std::size_t payload_size(const Picture& picture, double rate) {
    const auto fits =
        stego_capacity(picture.colour_samples(), static_cast<unsigned>(std::lround(rate * 1000)));
    if (!fits) throw std::runtime_error{"too small for this rate"};
    return static_cast<std::size_t>(*fits);
}

HideReport hide_random(Picture& picture, double rate, unsigned seed, unsigned height,
                       const ParallelFor& spread) {
    const Bytes payload = random_bytes(payload_size(picture, rate), seed);
    const auto report = hide(picture, job_for(payload, seed, height), spread);
    if (!report) throw std::runtime_error{report.error().message()};
    return *report;
}

void hide_plainly(Picture& picture, double rate, unsigned seed) {
    const auto bits = static_cast<double>(picture.colour_samples()) * rate;
    const Bytes payload = random_bytes(static_cast<std::size_t>(bits / 8) - 4, seed);
    if (!lsb_hide(picture, as_text(payload))) throw std::runtime_error{"too small for this rate"};
}

void print_change(const Picture& cover, const Picture& stego) {
    std::uint64_t changed = 0;
    for (std::size_t i = 0; i < cover.samples.size(); ++i) changed += cover.samples[i] != stego.samples[i];
    const auto samples = static_cast<double>(cover.colour_samples());
    const double mse = static_cast<double>(changed) / samples; // every change is by one
    std::printf("{\"changed\":%.6f,\"psnr\":%.2f}\n", mse, 10 * std::log10(255 * 255 / mse));
}

void measure(const std::string& path, const ParallelFor& spread) {
    const Bytes file = read(path);
    auto begin = Clock::now();
    const Picture cover = decode(file);
    const double megapixels = static_cast<double>(cover.pixels()) / 1e6;
    const double decoding = seconds_since(begin);
    for (double rate : {0.01, 0.05, 0.1, 0.4}) {
        for (unsigned height : {8U, 10U}) {
            Picture stego = copy_of(cover);
            begin = Clock::now();
            (void)hide_random(stego, rate, 1, height, spread);
            const double hiding = seconds_since(begin);
            HideJob job = job_for({}, 1, height);
            begin = Clock::now();
            const auto found = extract(stego, UserKey{job.seed}, "bench", 1U << 28U, spread);
            const double finding = seconds_since(begin);
            std::printf(
                "{\"rate\":%.2f,\"height\":%u,\"megapixels\":%.1f,\"decode_mps\":%.2f,\"hide_mps\":%.2f,"
                "\"find_mps\":%.2f,\"found\":%s}\n",
                rate, height, megapixels, megapixels / decoding, megapixels / hiding, megapixels / finding,
                found ? "true" : "false");
        }
    }
}

// Panels side by side; a difference of one becomes black or white on grey.
void draw_example(const std::string& in, const std::string& out) {
    constexpr std::uint32_t width = 200;
    constexpr std::uint32_t height = 150;
    constexpr double rate = 0.1;
    const Picture whole = decode(read(in));
    if (whole.channels != 3 || whole.width < width || whole.height < height)
        throw std::runtime_error{"not a colour picture of at least 200 x 150"};
    Picture cover = blank_picture(width, height, 3);
    for (std::uint32_t y = 0; y < height; ++y) {
        const std::size_t row = (whole.height - height) / 2 + y;
        const auto from =
            whole.samples.subspan((row * whole.width + (whole.width - width) / 2) * 3, width * 3);
        std::copy(from.begin(), from.end(), cover.samples.begin() + y * width * 3);
    }
    Picture stego = copy_of(cover);
    Picture plain = copy_of(cover);
    (void)hide_random(stego, rate, 1, 10, one_after_another);
    hide_plainly(plain, rate, 1);
    Picture panels = blank_picture(4 * width, height, 3);
    for (std::size_t y = 0; y < height; ++y) {
        for (std::size_t i = 0; i < width * 3; ++i) {
            const std::size_t at = y * width * 3 + i;
            const auto difference = [&](const Picture& p) {
                const int d = std::to_integer<int>(p.samples[at]) - std::to_integer<int>(cover.samples[at]);
                return static_cast<std::byte>(128 + 127 * d);
            };
            std::byte* row = panels.samples.data() + y * 4 * width * 3 + i;
            row[0] = cover.samples[at];
            row[width * 3] = stego.samples[at];
            row[2 * width * 3] = difference(stego);
            row[3 * width * 3] = difference(plain);
        }
    }
    write(out, panels);
}

int usage() {
    std::cerr
        << "usage: stego_tool hide|lsb RATE IN OUT [SEED [HEIGHT]] | speed IN [THREADS] | example IN OUT\n";
    return 2;
}

int run(const std::vector<std::string>& a) {
    const auto number = [&](std::size_t i, unsigned otherwise) {
        return a.size() > i ? static_cast<unsigned>(std::stoul(a[i])) : otherwise;
    };
    if (a.size() >= 4 && (a[0] == "hide" || a[0] == "lsb")) {
        const Picture cover = decode(read(a[2]));
        Picture stego = copy_of(cover);
        if (a[0] == "hide")
            (void)hide_random(stego, std::stod(a[1]), number(4, 1), number(5, 8), one_after_another);
        else
            hide_plainly(stego, std::stod(a[1]), number(4, 1));
        write(a[3], stego);
        print_change(cover, stego);
        return 0;
    }
    if (a.size() >= 2 && a[0] == "speed") {
        measure(a[1], number(2, 1) == 1 ? ParallelFor{one_after_another} : pictures::spread_over_cores());
        return 0;
    }
    if (a.size() == 3 && a[0] == "example") {
        draw_example(a[1], a[2]);
        return 0;
    }
    return usage();
}

} // namespace

int main(int count, char** words) {
    try {
        return run({words + 1, words + count});
    } catch (const std::exception& e) {
        std::cerr << "stego_tool: " << e.what() << '\n';
        return 1;
    }
}
