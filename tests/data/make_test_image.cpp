// Makes a picture that behaves like a photograph: a sky with clouds, hills, a lake with reflections, and fine
// grain.
//   make_test_image OUT [WIDTH HEIGHT [SEED]]
//   make_test_image OUT --from IN      the picture IN, written again
// The end of OUT's name chooses the format (png, jpg, webp, bmp, tiff). The same arguments give the same
// picture.
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int side_max = 16384;

// Noise with structure at every scale, 0..1: what clouds and slopes look like. Octaves halve in size and in
// weight.
cv::Mat1f texture(cv::RNG& rng, cv::Size size, int coarsest, double stretch) {
    cv::Mat1f sum(size, 0.0F);
    double weight = 1.0;
    double total = 0.0;
    for (int cell = coarsest; cell >= 4; cell /= 2) {
        const cv::Size grid(std::max(2, static_cast<int>(size.width / (cell * stretch))),
                            std::max(2, size.height / cell));
        cv::Mat1f octave(grid);
        rng.fill(octave, cv::RNG::UNIFORM, 0.0, 1.0);
        cv::resize(octave, octave, size, 0, 0, cv::INTER_CUBIC);
        sum += weight * octave;
        total += weight;
        weight /= 2;
    }
    sum /= total;
    return sum;
}

cv::Vec3f mix(const cv::Vec3f& from, const cv::Vec3f& to, float share) {
    return from + (to - from) * std::clamp(share, 0.0F, 1.0F);
}

// Blue overhead, warm at the horizon, white where the clouds are thick.
void paint_sky(cv::Mat3f& picture, cv::RNG& rng, int horizon) {
    const cv::Vec3f overhead(0.78F, 0.45F, 0.22F);
    const cv::Vec3f low(0.72F, 0.82F, 0.95F);
    const cv::Vec3f cloud(0.96F, 0.95F, 0.97F);
    const cv::Mat1f clouds = texture(rng, picture.size(), picture.rows / 3, 2.5);
    for (int y = 0; y < horizon; ++y) {
        const float height = static_cast<float>(y) / static_cast<float>(horizon);
        for (int x = 0; x < picture.cols; ++x) {
            const float thickness = (clouds(y, x) - 0.48F) * 5.0F;
            picture(y, x) =
                mix(mix(overhead, low, height * height), cloud, thickness * (1.0F - height * 0.5F));
        }
    }
}

void paint_sun(cv::Mat3f& picture, int horizon) {
    cv::Mat3f glow(picture.size(), cv::Vec3f(0, 0, 0));
    const cv::Point centre(picture.cols * 7 / 10, horizon * 6 / 10);
    cv::circle(glow, centre, std::max(2, picture.rows / 22), cv::Scalar(0.55, 0.75, 0.9), cv::FILLED,
               cv::LINE_AA);
    // A halo has no detail, so it is blurred where it is small.
    cv::Mat3f halo;
    cv::resize(glow, halo, {std::max(1, picture.cols / 8), std::max(1, picture.rows / 8)}, 0, 0,
               cv::INTER_AREA);
    cv::GaussianBlur(halo, halo, {}, std::max(0.5, picture.rows / 144.0));
    cv::resize(halo, halo, picture.size(), 0, 0, cv::INTER_CUBIC);
    picture += glow * 0.6 + halo * 1.2;
}

// Ranges one behind the other; the far ones are pale, as air makes them.
void paint_hills(cv::Mat3f& picture, cv::RNG& rng, int horizon) {
    constexpr int ranges = 3;
    const cv::Mat1f slopes = texture(rng, picture.size(), std::max(8, picture.rows / 16), 1.0);
    for (int range = 0; range < ranges; ++range) {
        const float nearness = static_cast<float>(range + 1) / ranges;
        const cv::Vec3f colour = mix({0.74F, 0.66F, 0.60F}, {0.16F, 0.27F, 0.18F}, nearness);
        const cv::Mat1f ridge = texture(rng, {picture.cols, 16}, std::max(8, picture.rows / 4), 1.0);
        for (int x = 0; x < picture.cols; ++x) {
            const float rise = ridge(8, x) * (0.42F - 0.12F * nearness) * static_cast<float>(horizon);
            for (int y = std::max(0, horizon - static_cast<int>(rise)); y < horizon; ++y) {
                picture(y, x) = colour * (1.0F + (slopes(y, x) - 0.5F) * nearness);
            }
        }
    }
}

// The upper half mirrored, darker, and shifted row by row by ripples that grow towards the viewer.
void paint_lake(cv::Mat3f& picture, cv::RNG& rng, int horizon) {
    const cv::Mat1f ripples = texture(rng, picture.size(), std::max(8, picture.rows / 20), 6.0);
    for (int y = horizon; y < picture.rows; ++y) {
        const float depth = static_cast<float>(y - horizon) / static_cast<float>(picture.rows - horizon);
        for (int x = 0; x < picture.cols; ++x) {
            const float shift = (ripples(y, x) - 0.5F) * (4.0F + 60.0F * depth);
            const int mirrored = std::clamp(2 * horizon - y + static_cast<int>(shift), 0, horizon - 1);
            picture(y, x) = mix(picture(mirrored, x) * 0.8F, {0.30F, 0.24F, 0.14F}, 0.25F + 0.45F * depth);
        }
    }
}

// A sensor's grain: faint, a little blurred, and stronger in the dark.
void add_grain(cv::Mat3f& picture, cv::RNG& rng) {
    cv::Mat3f grain(picture.size());
    rng.fill(grain, cv::RNG::NORMAL, 0.0, 0.012);
    cv::GaussianBlur(grain, grain, {}, 0.8);
    picture += grain.mul(cv::Scalar(1.2, 1.2, 1.2) - picture);
}

cv::Mat make_picture(cv::Size size, std::uint64_t seed) {
    cv::RNG rng(seed);
    cv::Mat3f picture(size, cv::Vec3f(0, 0, 0));
    const int horizon = std::max(1, size.height * 3 / 5);
    paint_sky(picture, rng, horizon);
    paint_sun(picture, horizon);
    paint_hills(picture, rng, horizon);
    paint_lake(picture, rng, horizon);
    cv::GaussianBlur(picture, picture, {}, 0.7); // a lens, and no edge sharper than one pixel
    add_grain(picture, rng);
    cv::Mat bytes;
    picture.convertTo(bytes, CV_8UC3, 255.0);
    return bytes;
}

int side(const char* text) {
    const int value = std::stoi(text);
    if (value < 1 || value > side_max) throw std::out_of_range("a side is 1.." + std::to_string(side_max));
    return value;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 4 && argc != 5) {
        std::cerr << "usage: make_test_image OUT [WIDTH HEIGHT [SEED]] | OUT --from IN\n";
        return 2;
    }
    try {
        if (argc == 4 && std::string_view{argv[2]} == "--from")
            return cv::imwrite(argv[1], cv::imread(argv[3])) ? EXIT_SUCCESS : EXIT_FAILURE;
        const cv::Size size = argc > 2 ? cv::Size(side(argv[2]), side(argv[3])) : cv::Size(640, 480);
        const std::uint64_t seed = argc > 4 ? std::stoull(argv[4]) : 7;
        const std::vector<int> quality{cv::IMWRITE_PNG_COMPRESSION, 6};
        if (cv::imwrite(argv[1], make_picture(size, seed), quality)) return EXIT_SUCCESS;
        std::cerr << "cannot write " << argv[1] << '\n';
    } catch (const std::exception& error) {
        std::cerr << "make_test_image: " << error.what() << '\n';
    }
    return EXIT_FAILURE;
}
