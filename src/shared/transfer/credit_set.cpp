#include "transfer/credit_set.hpp"

#include <algorithm>
#include <limits>

namespace cp::transfer {
namespace {

// What a lost report or two set a receiver back, when the network lets out little at a time.
constexpr std::uint32_t congested_lag = 32;

} // namespace

CreditSet::CreditSet(const std::vector<Receiver>& receivers, std::uint64_t reached,
                     std::uint32_t first_window) {
    receivers_.reserve(receivers.size());
    for (const Receiver& receiver : receivers) {
        const std::size_t position = receivers_.size() % named_by_setup(receivers.size());
        TrackedReceiver& tracked = receivers_.emplace_back();
        tracked.reports =
            receivers.size() <= limits::report_all_max || position < limits::representatives_per_setup;
        tracked.id = receiver;
        tracked.reached = reached;
        tracked.window = first_window;
    }
    std::ranges::sort(receivers_, {}, [](const TrackedReceiver& r) { return r.id.session; });
    sum_up();
}

TrackedReceiver* CreditSet::find(const SessionId& session) {
    const auto found = std::ranges::lower_bound(receivers_, session, {},
                                                [](const TrackedReceiver& r) { return r.id.session; });
    return found != receivers_.end() && found->id.session == session ? &*found : nullptr;
}

TrackedReceiver* CreditSet::find(NodeId node) {
    const auto found =
        std::ranges::find(receivers_, node, [](const TrackedReceiver& r) { return r.id.node; });
    return found != receivers_.end() ? &*found : nullptr;
}

TrackedReceiver* CreditSet::laggard() {
    constexpr auto nobody = std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t far = limited() ? std::max(limit_ / 2, congested_lag) : window_ / 2;
    if (second_slowest_ == nobody || second_slowest_ - slowest_ < far) return nullptr;
    const auto found = std::ranges::find_if(receivers_, [this](const TrackedReceiver& r) {
        return r.counted() && r.reports && r.reached == slowest_;
    });
    return found != receivers_.end() ? &*found : nullptr;
}

Duration CreditSet::soonest() const {
    Duration least = Duration::max();
    for (const TrackedReceiver& r : receivers_) {
        if (r.counted() && r.reports) least = std::min(least, r.path.delay());
    }
    return least == Duration::max() ? Duration{} : least;
}

bool CreditSet::keeps_up(const TrackedReceiver& receiver) const {
    Duration others{};
    for (const TrackedReceiver& r : receivers_) {
        if (r.counted() && &r != &receiver) others = std::max(others, r.path.spacing());
    }
    const Duration pace = receiver.path.pace();
    return pace > Duration{} && pace <= limits::slow_ratio * others;
}

std::vector<Receiver> CreditSet::complete() const {
    std::vector<Receiver> whole;
    for (const TrackedReceiver& r : receivers_) {
        if (r.phase == ReceiverPhase::complete) whole.push_back(r.id);
    }
    return whole;
}

bool CreditSet::sum_up() {
    const std::uint64_t slowest_before = slowest_;
    const std::uint64_t total_before = total_;
    counted_ = unheard_ = 0;
    total_ = 0;
    slowest_ = second_slowest_ = std::numeric_limits<std::uint64_t>::max();
    window_ = least_ = std::numeric_limits<std::uint32_t>::max();
    std::uint64_t furthest = 0; // of those that others report for
    std::uint32_t narrowest = window_;
    for (const TrackedReceiver& r : receivers_) {
        if (!r.counted() && r.phase != ReceiverPhase::complete) continue;
        least_ = std::min(least_, r.have);
        total_ += r.have;
        if (!r.counted()) continue;
        ++counted_;
        if (r.phase == ReceiverPhase::unheard) ++unheard_;
        if (r.reports) {
            second_slowest_ = std::min(second_slowest_, std::max(slowest_, r.reached));
            slowest_ = std::min(slowest_, r.reached);
            window_ = std::min(window_, r.window);
        } else {
            furthest = std::max(furthest, r.reached);
            narrowest = std::min(narrowest, r.window);
        }
    }
    if (slowest_ == std::numeric_limits<std::uint64_t>::max()) {
        slowest_ = furthest;
        window_ = narrowest;
    }
    if (least_ == std::numeric_limits<std::uint32_t>::max()) least_ = 0; // nobody
    return slowest_ > slowest_before || total_ > total_before;
}

} // namespace cp::transfer
