// Our steganography without cluster and command line, for measuring: many pictures, exact rates, one thread.
//   stego_tool tiles FOLDER MOST PHOTO...        at most MOST covers of each photograph (tiles.hpp)
//   stego_tool convert PHOTO NAME                NAME.bmp and NAME.ppm
//   stego_tool payload RATE FOLDER IN...         what the others are to hide: the same random bytes as ours
//   stego_tool hide RATE HEIGHT FOLDER IN...     RATE bits per colour sample, all overhead included
//   stego_tool lsb RATE FOLDER IN...             the same bytes by the plain method
//   stego_tool speed IN [THREADS]                what decoding, hiding and finding cost; one JSON line a rate
//   stego_tool example IN OUT                    cover, stego, difference, and the plain method's difference
// What is hidden in FOLDER/NAME.png or .bin is random, another one for each place in the list.
#include "imaging/lsb.hpp"
#include "imaging/stego.hpp"
#include "pictures/codec.hpp"
#include "pictures/spread.hpp"
#include "support/copy_picture.hpp"
#include "tiles.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <stdexcept>

using namespace cp;
using namespace cp::imaging;
using cp::test::copy_of;

namespace {

// Since it began: on a wall, and of all our processor time, which tells more on a machine that does other
// work.
class Watch {
public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    }
    [[nodiscard]] double worked() const {
        return static_cast<double>(std::clock() - worked_) / CLOCKS_PER_SEC;
    }

private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    std::clock_t worked_ = std::clock();
};

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
    const Bytes payload = random_bytes(payload_size(picture, rate), seed);
    if (!lsb_hide(picture, as_text(payload))) throw std::runtime_error{"too small for this rate"};
}

// Megapixels a second, on the wall and of the processor.
void print_speed(const char* name, double megapixels, const Watch& watch) {
    std::printf(",\"%s_mps\":%.2f,\"%s_mps_cpu\":%.2f", name, megapixels / watch.seconds(), name,
                megapixels / watch.worked());
}

void measure(const std::string& path, const ParallelFor& spread) {
    const Bytes file = read(path);
    (void)decode(file); // the library is loaded with the first picture
    const Watch decoding;
    const Picture cover = decode(file);
    const double megapixels = static_cast<double>(cover.pixels()) / 1e6;
    std::printf("{\"megapixels\":%.1f", megapixels);
    print_speed("decode", megapixels, decoding);
    std::printf("}\n");
    for (double rate : {0.01, 0.05, 0.1, 0.4}) {
        for (unsigned height : {8U, 10U}) {
            Picture stego = copy_of(cover);
            std::printf("{\"rate\":%.2f,\"height\":%u", rate, height);
            const Watch hiding;
            (void)hide_random(stego, rate, 1, height, spread);
            print_speed("hide", megapixels, hiding);
            const Watch finding;
            const HideJob job = job_for({}, 1, height);
            const auto found = extract(stego, UserKey{job.seed}, "bench", 1U << 28U, spread);
            print_speed("find", megapixels, finding);
            std::printf(",\"found\":%s}\n", found ? "true" : "false");
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

void write_payload(const std::string& path, const Picture& cover, double rate, unsigned seed) {
    const Bytes payload = random_bytes(payload_size(cover, rate), seed);
    std::ofstream{path, std::ios::binary}.write(reinterpret_cast<const char*>(payload.data()),
                                                static_cast<std::streamsize>(payload.size()));
}

// hide, lsb or payload, for each file from a[at + 1] on, into the folder a[at].
void for_each_cover(const std::vector<std::string>& a, std::size_t at) {
    const double rate = std::stod(a[1]);
    for (std::size_t i = at + 1; i < a.size(); ++i) {
        const auto seed = static_cast<unsigned>(i - at);
        const std::string out = (std::filesystem::path{a[at]} / std::filesystem::path{a[i]}.stem()).string();
        Picture picture = copy_of(decode(read(a[i])));
        if (a[0] == "payload") {
            write_payload(out + ".bin", picture, rate, seed);
            continue;
        }
        if (a[0] == "hide")
            (void)hide_random(picture, rate, seed, static_cast<unsigned>(std::stoul(a[2])),
                              one_after_another);
        else
            hide_plainly(picture, rate, seed);
        write(out + ".png", picture);
    }
}

void cut_all(const std::vector<std::string>& a) {
    for (std::size_t i = 3; i < a.size(); ++i) {
        const int count = bench::cut_tiles(decode(read(a[i])), a[1],
                                           std::filesystem::path{a[i]}.stem().string(), std::stoi(a[2]));
        std::printf("%s,%d\n", a[i].c_str(), count);
    }
}

bool run(const std::vector<std::string>& a) {
    const std::string command = a.empty() ? "" : a[0];
    if (command == "tiles" && a.size() > 3) {
        cut_all(a);
    } else if (command == "convert" && a.size() == 3) {
        const Picture photo = decode(read(a[1]));
        bench::write_bmp(photo, a[2] + ".bmp");
        bench::write_ppm(photo, a[2] + ".ppm");
    } else if (command == "hide" && a.size() > 4) {
        for_each_cover(a, 3);
    } else if ((command == "lsb" || command == "payload") && a.size() > 3) {
        for_each_cover(a, 2);
    } else if (command == "speed" && a.size() >= 2) {
        const bool alone = a.size() == 2 || a[2] == "1";
        measure(a[1], alone ? ParallelFor{one_after_another} : pictures::spread_over_cores());
    } else if (command == "example" && a.size() == 3) {
        draw_example(a[1], a[2]);
    } else {
        return false;
    }
    return true;
}

} // namespace

int main(int count, char** words) {
    try {
        if (run({words + 1, words + count})) return 0;
        std::cerr
            << "usage: stego_tool tiles|convert|payload|hide|lsb|speed|example ...: see its first lines\n";
        return 2;
    } catch (const std::exception& e) {
        std::cerr << "stego_tool: " << e.what() << '\n';
        return 1;
    }
}
