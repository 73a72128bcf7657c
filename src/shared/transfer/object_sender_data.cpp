// ObjectSender, what it sends of the object: what credit lets out, and which of it asks for a report.
#include "transfer/feedback.hpp"
#include "transfer/object_sender.hpp"

#include <algorithm>

namespace cp::transfer {

std::size_t ObjectSender::credit() const {
    if (paused_) return 0;
    if (finished_) return queue_.waiting(); // repair_late() asked for no more than may go
    const std::uint64_t under_way = flow_->count() - receivers_.slowest();
    return receivers_.window() > under_way ? static_cast<std::size_t>(receivers_.window() - under_way) : 0;
}

// Each flight is reported on; where many receivers are, it is so large that they say little for each block.
void ObjectSender::limit_window() {
    const std::uint32_t least = receivers_.sampled() ? limits::sampled_window_min : 0;
    receivers_.limit(std::max(flow_->congestion().size(), least));
}

std::size_t ObjectSender::emit(Step& step, std::size_t most) {
    limit_window();
    const std::size_t allowed = credit();
    const std::uint32_t interval = report_interval(receivers_.window());
    const bool unasked_is_late = flow_->congestion().steady() && !receivers_.sampled() &&
                                 interval < report_interval(receivers_.granted());
    const std::uint64_t repairs_before = queue_.repairs();
    std::size_t count = 0;
    for (const std::size_t end = std::min(most, allowed); count < end && waiting() > 0; ++sent_) {
        repeat_setup_early(step);
        const SendQueue::Item item = queue_.take();
        if (item.kind == SendQueue::Item::Kind::fresh) end_block(item.at);
        ++count;
        // Ask for a report when nothing else would bring one: at the end, and where credit ends, both times
        // twice, because a lost question costs a poll (of many receivers some always hear it); and on the
        // way there where the network lets out so little that the next one due would come when it is quiet.
        const bool due = since_asked_ + 1 >= interval;
        const bool last = waiting() == 0 || (due && count == allowed);
        const bool last_but_one = !receivers_.sampled() && (waiting() == 1 || (due && count + 1 == allowed));
        const bool on_the_way = due && unasked_is_late;
        since_asked_ = last || on_the_way ? 0 : since_asked_ + 1;
        const std::uint64_t number = send(step, item, last || last_but_one || on_the_way);
        if (last) questions_.asked(number);
        queue_.sent(item, number);
        flow_->sent_data(step.now, number);
    }
    if (waiting() > 0 && count == allowed && receivers_.limited()) flow_->congestion().filled();
    step.counters.data_sent += count;
    step.counters.repairs_sent += queue_.repairs() - repairs_before;
    if (finished_) arm_late(step.now);
    arm(step.now, count > 0);
    return count;
}

std::uint64_t ObjectSender::send(Step& step, const SendQueue::Item& item, bool report_now) {
    if (item.kind == SendQueue::Item::Kind::parity) {
        ++step.counters.parity_sent;
        const ByteView bytes = shelf_.get(item, queue_.run_after(item), bytes_, layout_);
        return push(step, wire::Parity{setup_.transfer, item.at, item.index, report_now, bytes});
    }
    const ByteView bytes = bytes_.view().subspan(layout_.offset_of(item.at), layout_.size_of(item.at));
    return push(step, wire::Data{setup_.transfer, item.at, report_now, bytes});
}

// Somebody has answered, and a while later somebody else has not: the Setup was lost, and with it all Data
// that he cannot place. He need not lose more of it.
void ObjectSender::repeat_setup_early(Step& step) {
    if (receivers_.unheard() == 0 || setup_again_ == 0 || sent_ < setup_again_) return;
    send_setup(step);
    setup_again_ = sent_ + limits::credit_window_first;
}

// Where a block's first pass ends, parity may follow at once.
void ObjectSender::end_block(std::uint32_t segment) {
    constexpr std::uint32_t block_size = limits::segments_per_block;
    const std::uint32_t end = segment + 1;
    if (!by_parity() || (end % block_size != 0 && end != queue_.segments())) return;
    ParityRate& rate = flow_->parity_rate();
    rate.queued(queue_.end_block(segment / block_size, rate.block_done(segment % block_size + 1)));
}

} // namespace cp::transfer
