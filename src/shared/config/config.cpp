#include "config/config.hpp"

#include <algorithm>

namespace cp {

std::chrono::milliseconds heartbeat_of(ElectionProfile profile) {
    using namespace std::chrono_literals;
    switch (profile) {
    case ElectionProfile::fast: return 20ms;
    case ElectionProfile::quiet: return 50ms;
    case ElectionProfile::realtime: return 10ms;
    }
    return 20ms;
}

bool loopback_only(const NetworkSection& network) {
    const auto positive = [](const std::string& entry) { return !entry.starts_with('!'); };
    if (std::ranges::none_of(network.interfaces, positive)) return !network.lan;
    return std::ranges::all_of(network.interfaces, [&](const std::string& entry) {
        return !positive(entry) || entry == "lo" || entry.starts_with("127.");
    });
}

} // namespace cp
