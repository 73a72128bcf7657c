#include "transfer/send_queue.hpp"

#include "transfer/segment_map.hpp"

namespace cp::transfer {

void SendQueue::on_gaps(const std::vector<wire::BlockGap>& gaps, std::uint64_t highest, std::size_t most) {
    for (const wire::BlockGap& gap : gaps) {
        for_each_missing(gap, [&](std::uint32_t segment) {
            if (segment >= next_ || last_[segment] > highest || lost_.size() >= most) return;
            last_[segment] = queued;
            lost_.push_back(segment);
        });
    }
}

std::uint32_t SendQueue::take() {
    if (lost_.empty()) return next_++;
    const std::uint32_t segment = lost_.front();
    lost_.pop_front();
    ++repairs_;
    return segment;
}

void SendQueue::stop() {
    for (const std::uint32_t segment : lost_) last_[segment] = 0;
    lost_.clear();
    stopped_ = true;
}

} // namespace cp::transfer
