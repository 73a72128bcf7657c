// cp_sim: seeded runs of the shipped cores in a virtual network.
//   cp_sim --seed N                  one run, every event printed
//   cp_sim --seeds COUNT [--from N]  many runs, quiet; a failing one prints the line that repeats it, and the
//                                    first one that fails its events, too
//   cp_sim --seeds COUNT --until-caught TEXT
//                                    stops at the first with a violation that contains TEXT, and ends 0 if
//                                    there was one: for the planted bugs in mutations/
//   cp_sim --file PATH               every seed in a file, one a line, `#` comments: seeds that failed once
//   cp_sim --hours H [--nodes N] [--loss P] [--seed N]
//                                    a calm long run that counts false elections
#include "calm.hpp"
#include "run.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

namespace {

using namespace cp::sim;

struct Arguments {
    std::uint64_t seed = 0, seeds = 0, from = 1;
    std::string file;
    std::string caught; // text of a violation
    double hours = 0;
    CalmOptions calm;
    bool good = true;
};

Arguments parse(int argc, char** argv) {
    Arguments arguments;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        const char* value = ++i < argc ? argv[i] : nullptr;
        if (value == nullptr)
            arguments.good = false;
        else if (option == "--seed")
            arguments.seed = std::strtoull(value, nullptr, 10);
        else if (option == "--seeds")
            arguments.seeds = std::strtoull(value, nullptr, 10);
        else if (option == "--from")
            arguments.from = std::strtoull(value, nullptr, 10);
        else if (option == "--until-caught")
            arguments.caught = value;
        else if (option == "--file")
            arguments.file = value;
        else if (option == "--hours")
            arguments.hours = std::strtod(value, nullptr);
        else if (option == "--nodes")
            arguments.calm.nodes = std::strtoull(value, nullptr, 10);
        else if (option == "--loss")
            arguments.calm.loss = std::strtod(value, nullptr);
        else
            arguments.good = false;
    }
    return arguments;
}

struct Totals {
    std::size_t runs = 0, failed = 0, tasks = 0, resent = 0, orphaned = 0, elections = 0, false_elections = 0;
    std::uint64_t events = 0;
};

void print(const std::string& line) { std::cout << line << '\n'; }

bool report(std::uint64_t seed, const RunResult& result) {
    if (result.violations.empty()) return true;
    std::cout << "seed " << seed << " failed; repeat it with: cp_sim --seed " << seed << '\n';
    for (const auto& violation : result.violations) std::cout << "  " << violation << '\n';
    return false;
}

RunResult run(std::uint64_t seed, Totals& totals) {
    RunResult result = run_seed(seed, {});
    ++totals.runs;
    totals.tasks += result.tasks;
    totals.resent += result.resent;
    totals.orphaned += result.orphaned;
    totals.elections += result.elections;
    totals.false_elections += result.false_elections;
    totals.events += result.events;
    return result;
}

void run_and_report(std::uint64_t seed, Totals& totals) {
    const RunResult result = run(seed, totals);
    if (result.violations.empty()) return;
    if (totals.failed++ == 0) run_seed(seed, print);
    report(seed, result);
}

int hunt(const Arguments& arguments) {
    Totals totals;
    for (std::uint64_t seed = arguments.from; seed < arguments.from + arguments.seeds; ++seed) {
        const RunResult result = run(seed, totals);
        const auto caught = [&](const std::string& violation) {
            return violation.find(arguments.caught) != std::string::npos;
        };
        if (std::ranges::none_of(result.violations, caught)) continue;
        report(seed, result);
        return 0;
    }
    std::cout << "not caught in " << totals.runs << " runs\n";
    return 1;
}

int run_many(const Arguments& arguments) {
    Totals totals;
    for (std::uint64_t seed = arguments.from; seed < arguments.from + arguments.seeds; ++seed)
        run_and_report(seed, totals);
    if (!arguments.file.empty()) {
        std::ifstream in{arguments.file};
        for (std::string line; std::getline(in, line);)
            if (!line.empty() && line[0] != '#')
                run_and_report(std::strtoull(line.c_str(), nullptr, 10), totals);
    }
    std::cout << totals.runs << " runs, " << totals.failed << " failed; " << totals.tasks << " tasks, "
              << totals.resent << " sent again, " << totals.orphaned << " lost all holders; "
              << totals.elections << " leaders lost, " << totals.false_elections << " of them falsely; "
              << totals.events << " events\n";
    return totals.failed == 0 ? 0 : 1;
}

int run_calmly(const Arguments& arguments) {
    CalmOptions options = arguments.calm;
    options.hours = arguments.hours;
    if (arguments.seed != 0) options.seed = arguments.seed;
    const std::clock_t started = std::clock();
    const CalmResult result = run_calm(options);
    const double seconds = static_cast<double>(std::clock() - started) / CLOCKS_PER_SEC;
    const double node_hours = options.hours * static_cast<double>(options.nodes);
    for (const auto& violation : result.violations) std::cout << "  " << violation << '\n';
    std::cout << node_hours << " node-hours at " << options.loss * 100
              << " % loss: " << result.false_elections << " false elections, " << result.leader_changes
              << " leader changes after the first minute; " << result.events << " events, " << seconds
              << " s of processor, " << node_hours / seconds * 60 << " node-hours a minute\n";
    return result.false_elections == 0 && result.violations.empty() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    const Arguments arguments = parse(argc, argv);
    if (arguments.good && arguments.hours > 0) return run_calmly(arguments);
    if (arguments.good && arguments.seed != 0)
        return report(arguments.seed, run_seed(arguments.seed, print)) ? 0 : 1;
    if (arguments.good && arguments.seeds > 0 && !arguments.caught.empty()) return hunt(arguments);
    if (arguments.good && (arguments.seeds > 0 || !arguments.file.empty())) return run_many(arguments);
    std::cerr << "usage: cp_sim --seed N | --seeds COUNT [--from N] [--until-caught TEXT] | --file PATH\n"
                 "       | --hours H [--nodes N] [--loss P] [--seed N]\n";
    return 2;
}
