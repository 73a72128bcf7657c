#include "net/datagram_queue.hpp"

#include "base/check.hpp"
#include "wire/limits.hpp"

#include <algorithm>

namespace cp::net {

DatagramQueue::DatagramQueue(std::size_t bytes, std::size_t sends)
    : bytes_{std::make_unique_for_overwrite<std::byte[]>(bytes)}, capacity_{bytes}, sends_(sends) {
    CP_CHECK(bytes >= 2 * limits::datagram_max && sends > 0);
}

std::span<std::byte> DatagramQueue::room(std::size_t targets) {
    constexpr std::size_t need = limits::datagram_max;
    if (targets > sends_.size() - count_) return {};
    if (count_ == 0) {
        tail_ = 0;
        return {bytes_.get(), need};
    }
    // Used bytes run from head to tail, or from head to the end and from the start to tail. Tail never
    // reaches head from below: equal means that the used bytes wrap.
    const std::size_t head = head_byte();
    if (tail_ > head) {
        if (capacity_ - tail_ >= need) return {bytes_.get() + tail_, need};
        if (head <= need) return {};
        tail_ = 0;
        return {bytes_.get(), need};
    }
    if (head - tail_ <= need) return {};
    return {bytes_.get() + tail_, need};
}

void DatagramQueue::commit(std::size_t size, std::span<const Target> targets) {
    CP_CHECK(size > 0 && size <= limits::datagram_max && targets.size() <= sends_.size() - count_);
    if (targets.empty()) return;
    const ByteView bytes{bytes_.get() + tail_, size};
    for (const Target& target : targets) {
        sends_[(head_ + count_) % sends_.size()] = {bytes, target.to, target.interface};
        ++count_;
    }
    tail_ += size;
}

std::span<const Sending> DatagramQueue::front() const {
    return std::span{sends_}.subspan(head_, std::min(count_, sends_.size() - head_));
}

void DatagramQueue::pop(std::size_t count) {
    CP_CHECK(count <= count_);
    head_ = (head_ + count) % sends_.size();
    count_ -= count;
}

void DatagramQueue::clear() {
    head_ = 0;
    count_ = 0;
}

std::size_t DatagramQueue::head_byte() const {
    return static_cast<std::size_t>(sends_[head_].bytes.data() - bytes_.get());
}

} // namespace cp::net
