// Runs a fuzz target once over each file of the corpus directories given, in builds without libFuzzer.
// Finding none is a failure: a moved corpus must not pass for a tested one.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void replay(const std::filesystem::path& path) {
    // Flushed before the run: if the target aborts, the last line names the culprit.
    std::printf("%s\n", path.c_str());
    std::fflush(stdout);
    std::ifstream in{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const std::vector<std::uint8_t> exact{text.begin(), text.end()}; // ends where its allocation ends
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::filesystem::path> files;
    for (int i = 1; i < argc; ++i) {
        std::error_code none_there;
        for (const auto& entry : std::filesystem::directory_iterator{argv[i], none_there}) {
            if (entry.is_regular_file()) files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    for (const auto& file : files) replay(file);
    if (files.empty()) std::fprintf(stderr, "no corpus file found\n");
    return files.empty() ? 1 : 0;
}
