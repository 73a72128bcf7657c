// How busy a node is, as one number: 0 idle, 100 fully loaded. What heartbeats carry, what `members` shows,
// and what election and dispatch by load compare.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace cp::election {

struct LoadWeights {
    double cpu = 0.5;
    double tasks = 0.3;
    double memory = 0.2;
};

struct LoadSample {
    double cpu_percent = 0; // of all processors, 0..100
    std::size_t tasks = 0;  // open; ten count as fully loaded
    double memory_available_percent = 100;
};

[[nodiscard]] inline double load_score(const LoadSample& sample, const LoadWeights& weights = {}) {
    const double tasks = std::min(static_cast<double>(sample.tasks) / 10.0, 1.0) * 100.0;
    return weights.cpu * sample.cpu_percent + weights.tasks * tasks +
           weights.memory * (100.0 - sample.memory_available_percent);
}

// As the wire carries it: hundredths, 0..10000.
[[nodiscard]] inline std::uint16_t in_hundredths(double score) {
    return static_cast<std::uint16_t>(std::clamp(score, 0.0, 100.0) * 100.0 + 0.5);
}

} // namespace cp::election
