#include "transfer/send_queue.hpp"

#include "transfer/segment_map.hpp"

#include <algorithm>

namespace cp::transfer {
namespace {

constexpr std::uint32_t block_size = limits::segments_per_block;

} // namespace

std::uint32_t SendQueue::on_gaps(const std::vector<wire::BlockGap>& gaps, const LossView& view,
                                 std::size_t most, bool parity) {
    std::uint32_t queued_parity = 0;
    for (const wire::BlockGap& gap : gaps) {
        if (std::uint64_t{gap.block} * block_size >= next_) continue;
        const std::uint32_t covered = parity_under_way(gap.block, view);
        const std::uint32_t lost_now = lost(gap, view);
        const std::uint32_t wanted = lost_now + spares(gap.block, lost_now);
        if (wanted <= covered || repairs_.size() >= most) continue;
        const std::size_t room = most - repairs_.size();
        std::uint32_t count = static_cast<std::uint32_t>(std::min<std::size_t>(wanted - covered, room));
        const bool open = gap.block == open_block();
        if (parity && open && ready_ > next_) {
            wanted_ = std::max(wanted_, count);
            continue;
        }
        const auto by_parity = [&] {
            const std::uint32_t added = open ? 0 : add_parity(gap.block, count);
            queued_parity += added;
            count -= added;
        };
        if (parity) by_parity();
        count -= resend(gap, view, count);
        if (!parity) by_parity();
    }
    return queued_parity;
}

std::uint32_t SendQueue::lost(const wire::BlockGap& gap, const LossView& view) const {
    std::uint32_t count = 0;
    for_each_missing(gap, [&](std::uint32_t segment) { count += is_lost(segment, view) ? 1 : 0; });
    return count;
}

std::uint32_t SendQueue::lost_after(const std::vector<wire::BlockGap>& gaps, const LossView& view,
                                    std::uint64_t after) const {
    std::uint32_t count = 0;
    for (const wire::BlockGap& gap : gaps) {
        for_each_missing(gap, [&](std::uint32_t segment) {
            count += is_lost(segment, view) && last_[segment] > after ? 1 : 0;
        });
    }
    return count;
}

std::uint32_t SendQueue::spares(std::uint32_t block, std::uint32_t lost) const {
    if (!spares_ || next_ < segments_) return 0;
    const std::uint32_t in_block = std::min(block_size, segments_ - block * block_size);
    if (2 * lost >= in_block) return 1; // a lost Setup, or a full buffer: says nothing of what will be lost
    return (lost * lost + in_block - 1) / in_block;
}

std::uint32_t SendQueue::parity_under_way(std::uint32_t block, const LossView& view) const {
    const auto known = parity_.find(block);
    if (known == parity_.end()) return 0;
    return static_cast<std::uint32_t>(std::ranges::count_if(
        known->second, [&](std::uint64_t number) { return number == queued || !view.lost(number); }));
}

std::uint32_t SendQueue::resend(const wire::BlockGap& gap, const LossView& view, std::uint32_t most) {
    std::uint32_t count = 0;
    for_each_missing(gap, [&](std::uint32_t segment) {
        if (count == most || !is_lost(segment, view)) return;
        ++count;
        last_[segment] = queued;
        repairs_.push_back({Item::Kind::repair, 0, segment});
    });
    return count;
}

std::uint32_t SendQueue::add_parity(std::uint32_t block, std::uint32_t count) {
    std::vector<std::uint64_t>& numbers = parity_[block];
    const std::uint32_t first = static_cast<std::uint32_t>(numbers.size());
    count = std::min(count, parity_max_ - std::min(first, parity_max_));
    for (std::uint32_t index = first; index < first + count; ++index) {
        numbers.push_back(queued);
        repairs_.push_back({Item::Kind::parity, static_cast<std::uint8_t>(index), block});
    }
    return count;
}

std::uint32_t SendQueue::end_block(std::uint32_t block, std::uint32_t ahead) {
    const std::uint32_t count = std::max(ahead, wanted_);
    wanted_ = 0;
    return count == 0 ? 0 : add_parity(block, count);
}

std::uint32_t SendQueue::open_block() const {
    const bool open = next_ < segments_ && next_ % block_size != 0;
    return open ? next_ / block_size : segments_;
}

SendQueue::Item SendQueue::take() {
    if (repairs_.empty()) return {Item::Kind::fresh, 0, next_++};
    const Item item = repairs_.front();
    repairs_.pop_front();
    ++taken_;
    return item;
}

void SendQueue::sent(const Item& item, std::uint64_t number) {
    if (item.kind == Item::Kind::parity) {
        parity_.at(item.at)[item.index] = number;
    } else {
        last_[item.at] = number;
    }
}

std::uint32_t SendQueue::run_after(const Item& item) const {
    std::uint32_t count = 0;
    while (count < repairs_.size()) {
        const Item& next = repairs_[count];
        const bool follows =
            next.kind == item.kind && next.at == item.at && next.index == item.index + count + 1;
        if (!follows) break;
        ++count;
    }
    return count;
}

void SendQueue::stop() {
    for (const Item& item : repairs_) {
        if (item.kind != Item::Kind::parity) last_[item.at] = 0;
    }
    spares_ = false;
    repairs_.clear();
    parity_.clear();
    next_ = segments_; // what had not left is missing like anything else
}

} // namespace cp::transfer
