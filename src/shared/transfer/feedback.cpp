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

void Feedback::write(wire::Report& report, const SegmentMap* map, std::uint32_t window, LaneFeedback& lane) {
    report.highest = lane.highest();
    report.window = window;
    if (map != nullptr) {
        report.have = map->have();
        report.gaps = map->gaps(expected_, limits::gaps_per_report_max);
    }
    window_ = window;
    arrived_ = 0;
    lane.reported(window);
}

} // namespace cp::transfer
