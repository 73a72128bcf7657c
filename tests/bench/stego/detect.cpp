// What detectors see of stego pictures, for judge.py.
//   stego_detect FEATURES COVERS [STEGOS]   for each picture of the folder STEGOS (without it: of COVERS
//   itself), in
//                                           the order of names: one line of CSV on standard output, and its
//                                           features as 32-bit floats, one picture after the other, in the
//                                           file FEATURES. A name stands in both folders, whatever its
//                                           extension.
// CSV: name, share of samples changed, PSNR, SSIM, then the structural detectors, mean of the channels
// (strips: the greatest): sample pairs, RS, weighted stego, chi-square, sample pairs by strips. The first
// line names them and tells how many features are SPAM, rich model and colour model.
#include "rich_model.hpp"
#include "structural.hpp"
#include "tile.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>

using namespace cp::bench;
namespace fs = std::filesystem;

namespace {

std::map<std::string, fs::path> pictures_in(const fs::path& folder) {
    std::map<std::string, fs::path> found;
    for (const auto& entry : fs::directory_iterator{folder})
        found[entry.path().stem().string()] = entry.path();
    return found;
}

// Share of samples that differ and their mean square.
std::pair<double, double> change(const Tile& cover, const Tile& stego) {
    double changed = 0;
    double square = 0;
    double count = 0;
    for (std::size_t c = 0; c < 3; ++c) {
        for (std::size_t i = 0; i < cover[c].samples.size(); ++i) {
            const int d = stego[c].samples[i] - cover[c].samples[i];
            changed += d != 0 ? 1 : 0;
            square += d * d;
            ++count;
        }
    }
    return {changed / count, square / count};
}

// Z. Wang, A. Bovik, H. Sheikh, E. Simoncelli, IEEE Trans. Image Processing 13(4), 2004, over windows of 8x8
// samples, 4 apart, of the green channel.
double ssim(const Plane& a, const Plane& b) {
    constexpr double c1 = 6.5025;
    constexpr double c2 = 58.5225;
    double sum = 0;
    double windows = 0;
    for (int y = 0; y + 8 <= a.height; y += 4) {
        for (int x = 0; x + 8 <= a.width; x += 4) {
            double ma = 0;
            double mb = 0;
            double aa = 0;
            double bb = 0;
            double ab = 0;
            for (int j = 0; j < 8; ++j) {
                for (int i = 0; i < 8; ++i) {
                    const double u = a.row(y + j)[x + i];
                    const double v = b.row(y + j)[x + i];
                    ma += u / 64;
                    mb += v / 64;
                    aa += u * u / 64;
                    bb += v * v / 64;
                    ab += u * v / 64;
                }
            }
            sum += (2 * ma * mb + c1) * (2 * (ab - ma * mb) + c2) /
                   ((ma * ma + mb * mb + c1) * (aa - ma * ma + bb - mb * mb + c2));
            ++windows;
        }
    }
    return sum / windows;
}

void print_scores(const Tile& tile) {
    double pairs = 0;
    double groups = 0;
    double weighted = 0;
    double chi = 0;
    double strips = -1;
    for (const Plane& plane : tile) {
        pairs += sample_pairs(plane, 0, plane.height) / 3;
        groups += regular_singular(plane) / 3;
        weighted += weighted_stego(plane) / 3;
        chi += chi_square(plane) / 3;
        strips = std::max(strips, strip_pairs(plane));
    }
    std::printf(",%.8f,%.8f,%.8f,%.8f,%.8f\n", pairs, groups, weighted, chi, strips);
}

void look_at(const std::string& name, const Tile& cover, const Tile& stego, std::ofstream& features) {
    const auto [changed, square] = change(cover, stego);
    std::printf("%s,%.6f,%.3f,%.8f", name.c_str(), changed,
                square > 0 ? 10 * std::log10(65025 / square) : 99.0, ssim(cover[1], stego[1]));
    print_scores(stego);
    for (const auto& part : {spam_686(stego), rich_model(stego), colour_model(stego)})
        features.write(reinterpret_cast<const char*>(part.data()),
                       static_cast<std::streamsize>(part.size() * sizeof(float)));
}

void run(const std::string& features_file, const fs::path& covers, const fs::path& stegos) {
    std::ofstream features{features_file, std::ios::binary};
    const auto originals = pictures_in(covers);
    for (const auto& [name, path] : pictures_in(stegos)) {
        const auto original = originals.find(name);
        if (original == originals.end()) throw std::runtime_error{"no cover for " + path.string()};
        const Tile cover = read_tile(original->second.string());
        if (features.tellp() == 0)
            std::printf("name,changed,psnr,ssim,pairs,rs,ws,chi,strips;%zu;%zu;%zu\n", spam_686(cover).size(),
                        rich_model(cover).size(), colour_model(cover).size());
        look_at(name, cover, read_tile(path.string()), features);
    }
    if (!features.flush()) throw std::runtime_error{"cannot write " + features_file};
}

} // namespace

int main(int count, char** words) {
    if (count != 3 && count != 4) {
        std::cerr << "usage: stego_detect FEATURES COVERS [STEGOS]\n";
        return 2;
    }
    try {
        run(words[1], words[2], words[count - 1]);
        return 0;
    } catch (const std::exception& e) {
        std::cerr << "stego_detect: " << e.what() << '\n';
        return 1;
    }
}
