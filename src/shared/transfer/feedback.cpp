#include "transfer/feedback.hpp"

#include <bit>

namespace cp::transfer {
namespace {

// Of the kernel: headroom and struct skb_shared_info share the allocation with the bytes, struct sk_buff is
// another one.
constexpr std::size_t allocation_overhead = 400;
constexpr std::size_t buffer_head = 256;

constexpr std::size_t kernel_cost(std::size_t datagram) {
    return std::bit_ceil(datagram + allocation_overhead) + buffer_head;
}
static_assert(kernel_cost(limits::datagram_ethernet) == 2304);

} // namespace

std::uint32_t receive_window(std::size_t capacity, std::uint32_t segment_bytes, std::size_t senders) {
    const std::size_t holds = capacity / kernel_cost(segment_bytes + limits::data_overhead);
    const std::size_t share = holds / std::max<std::size_t>(senders, 1);
    return static_cast<std::uint32_t>(
        std::clamp<std::size_t>(share, limits::credit_window_min, limits::credit_window_max));
}

bool Feedback::speaks(const Place& place, const SegmentMap& map, bool polled, std::uint64_t chance) {
    if (place.reports()) return true;
    const bool in_need = polled || !map.gaps(expected_before_, 1).empty();
    expected_before_ = expected_;
    arrived_ = 0;
    if (!in_need) {
        occasions_ = 0;
        return false;
    }
    std::uint64_t speakers = limits::representatives_per_setup;
    for (std::uint32_t i = 0; i < occasions_ && speakers < place.group; ++i)
        speakers *= limits::sample_growth;
    ++occasions_;
    return chance % place.group < speakers;
}

void Feedback::write(wire::Report& report, const SegmentMap* map, std::uint32_t window, LaneFeedback& lane) {
    report.highest = lane.highest();
    report.window = window;
    if (map != nullptr) {
        report.have = map->have();
        report.gaps = map->gaps(expected_, limits::gaps_per_report_max);
    }
    window_ = window;
    arrived_ = 0;
    occasions_ = 0;
    lane.reported(window);
}

} // namespace cp::transfer
