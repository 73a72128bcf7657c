#include "transfer/setup_parts.hpp"

#include <algorithm>

namespace cp::transfer {
namespace {

// False: all of them have answered.
bool name_unheard(std::vector<NodeId>& nodes, CreditSet& receivers) {
    bool any = false;
    for (NodeId& node : nodes) {
        const TrackedReceiver* const receiver = receivers.find(node);
        using enum ReceiverPhase;
        const bool ask =
            receiver != nullptr && (receiver->phase == busy || (!receiver->heard && receiver->phase != gone));
        any = any || ask;
        if (!ask) node = NodeId{};
    }
    return any;
}

} // namespace

std::vector<wire::Setup> setup_parts(const wire::Setup& all, CreditSet& receivers) {
    std::vector<wire::Setup> parts;
    const std::size_t named = all.receivers.size();
    const std::size_t part = std::max<std::size_t>(named_by_setup(named), 1); // unicast names nobody
    for (std::size_t from = 0; from == 0 || from < named; from += part) {
        wire::Setup setup = all;
        const auto begin = all.receivers.begin() + static_cast<std::ptrdiff_t>(from);
        const std::size_t count = std::min(part, named - from);
        setup.receivers.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
        if (receivers.sampled() && !name_unheard(setup.receivers, receivers)) continue;
        parts.push_back(std::move(setup));
    }
    return parts;
}

} // namespace cp::transfer
