// What became of a peer whose proven liveness link ended, between the shell that watches links and the core
// that draws the conclusion.
#pragma once

#include <cstdint>

namespace cp::wire {

enum class LinkVerdict : std::uint8_t {
    crashed,     // its port refused: the program has ended
    unanswered,  // its port said nothing in time, or the network had an error: suspect it
    unreachable, // doubted, and its machine did not answer one of many connects
};

} // namespace cp::wire
