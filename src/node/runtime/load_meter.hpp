// Reads how busy this machine is from /proc: processor time since the last reading, memory that is available.
// Linux; not thread-safe. Where /proc cannot be read, the machine counts as idle.
#pragma once

#include "election/load_score.hpp"

#include <cstdint>

namespace cp::node {

class LoadMeter {
public:
    LoadMeter() { (void)sample(0); }
    [[nodiscard]] election::LoadSample sample(std::size_t tasks);

private:
    std::uint64_t busy_ = 0; // jiffies since boot, at the last reading
    std::uint64_t total_ = 0;
};

} // namespace cp::node
