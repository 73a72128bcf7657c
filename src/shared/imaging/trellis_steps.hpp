// One step of the Viterbi algorithm over all states at once, in three versions that give the same numbers.
// Private to trellis.cpp.
#pragma once

#include <cstdint>

namespace cp::imaging {

// The step of one bit: every state k is reached from k with the bit 0, or from k ^ column with the bit 1.
// `to[k]` is the cheaper sum, saturating; a bit of `path` says which: set for the bit 1, clear when equal.
struct TrellisStep {
    std::uint16_t column = 0;
    std::uint16_t cost_of_0 = 0;
    std::uint16_t cost_of_1 = 0;
};
using StepFunction = void (*)(const std::uint16_t* from, std::uint16_t* to, unsigned states,
                              const TrellisStep&, std::uint8_t* path);

// `from`, `to`: aligned to 64 bytes. `path`: states / 8 bytes. `chosen` reads the path's bit of a state: the
// versions keep them in different orders.
struct TrellisSteps {
    StepFunction step;
    bool (*chosen)(const std::uint8_t* path, unsigned state);
};

[[nodiscard]] const TrellisSteps& portable_steps();
[[nodiscard]] const TrellisSteps* avx2_steps();   // nullptr: not this processor
[[nodiscard]] const TrellisSteps* avx512_steps(); // nullptr: not this processor

} // namespace cp::imaging
