// Who should lead, of two nodes: the one place that knows it, for both policies.
#pragma once

#include "base/ids.hpp"

#include <cstdint>
#include <limits>

namespace cp::election {

enum class Policy : std::uint8_t {
    id,   // the highest id (Bully)
    load, // the lowest score (load_score.hpp)
};

inline constexpr std::uint16_t load_max = 10'000; // hundredths of the score
// Behind every load that was told: nobody claims on a score that others cannot know.
inline constexpr std::uint16_t load_unknown = std::numeric_limits<std::uint16_t>::max();

struct Rank {
    NodeId id;
    std::uint16_t load = load_unknown; // 0..load_max
};

// The lower load, then the higher id. Under Policy::id no load is taken in, so all are equal.
[[nodiscard]] constexpr bool outranks(const Rank& a, const Rank& b) {
    return a.load != b.load ? a.load < b.load : a.id > b.id;
}

} // namespace cp::election
