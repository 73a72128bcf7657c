// cp_sim: seeded runs of the shipped cores in a virtual network.
//   cp_sim --seed N            one run, every event printed
//   cp_sim --seeds COUNT [--from N]   many runs, quiet; a failing one prints the line that repeats it
//   cp_sim --file PATH         every seed in a file, one a line, `#` comments: seeds that failed once
#include "run.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string_view>

namespace {

bool report(std::uint64_t seed, const cp::sim::RunResult& result) {
    if (result.violations.empty()) return true;
    std::cout << "seed " << seed << " failed; repeat it with: cp_sim --seed " << seed << '\n';
    for (const auto& violation : result.violations) std::cout << "  " << violation << '\n';
    return false;
}

struct Totals {
    std::size_t runs = 0, failed = 0, tasks = 0, resent = 0, elections = 0;
    std::uint64_t events = 0;
};

void run(std::uint64_t seed, Totals& totals) {
    const auto result = cp::sim::run_seed(seed, {});
    ++totals.runs;
    totals.failed += report(seed, result) ? 0 : 1;
    totals.tasks += result.tasks;
    totals.resent += result.resent;
    totals.elections += result.elections;
    totals.events += result.events;
}

} // namespace

int main(int argc, char** argv) {
    std::uint64_t seed = 0, seeds = 0, from = 1;
    std::string file;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view option = argv[i];
        if (option == "--seed")
            seed = std::strtoull(argv[i + 1], nullptr, 10);
        else if (option == "--seeds")
            seeds = std::strtoull(argv[i + 1], nullptr, 10);
        else if (option == "--from")
            from = std::strtoull(argv[i + 1], nullptr, 10);
        else if (option == "--file")
            file = argv[i + 1];
    }
    if (seed != 0) {
        const auto result =
            cp::sim::run_seed(seed, [](const std::string& line) { std::cout << line << '\n'; });
        return report(seed, result) ? 0 : 1;
    }
    Totals totals;
    for (std::uint64_t s = from; s < from + seeds; ++s) run(s, totals);
    if (!file.empty()) {
        std::ifstream in{file};
        for (std::string line; std::getline(in, line);)
            if (!line.empty() && line[0] != '#') run(std::strtoull(line.c_str(), nullptr, 10), totals);
    }
    if (totals.runs == 0) {
        std::cerr << "usage: cp_sim --seed N | --seeds COUNT [--from N] | --file PATH\n";
        return 2;
    }
    std::cout << totals.runs << " runs, " << totals.failed << " failed; " << totals.tasks << " tasks, "
              << totals.resent << " sent again; " << totals.elections << " leader changes; " << totals.events
              << " events\n";
    return totals.failed == 0 ? 0 : 1;
}
