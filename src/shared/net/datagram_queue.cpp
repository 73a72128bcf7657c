#include "net/datagram_queue.hpp"

#include "base/check.hpp"
#include "wire/limits.hpp"

#include <algorithm>

namespace cp::net {

DatagramQueue::DatagramQueue(std::size_t bytes, std::size_t runs)
    : bytes_{std::make_unique_for_overwrite<std::byte[]>(bytes)}, capacity_{bytes}, sends_(runs),
      starts_(runs) {
    CP_CHECK(bytes >= 2 * limits::datagram_max && runs > 0);
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
    if (extends_last(size, targets)) {
        for (std::size_t i = count_ - targets.size(); i < count_; ++i) {
            ByteView& bytes = sends_[slot(i)].bytes;
            bytes = {bytes.data(), bytes.size() + size};
        }
    } else {
        for (const Target& target : targets) {
            starts_[slot(count_)] = tail_;
            sends_[slot(count_)] = {{bytes_.get() + tail_, size}, target.to, target.interface, size};
            ++count_;
        }
        last_targets_ = targets.size();
    }
    tail_ += size;
}

// Whether a datagram of this size, written at the tail, belongs to the youngest run of each target.
bool DatagramQueue::extends_last(std::size_t size, std::span<const Target> targets) const {
    if (last_targets_ != targets.size() || count_ < targets.size()) return false;
    const Sending& last = sends_[slot(count_ - 1)];
    const bool adjacent = last.bytes.data() + last.bytes.size() == bytes_.get() + tail_;
    const bool closed = last.bytes.size() % last.segment != 0; // by one that was shorter
    if (!adjacent || closed || size > last.segment) return false;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const Sending& send = sends_[slot(count_ - targets.size() + i)];
        if (send.to != targets[i].to || send.interface != targets[i].interface) return false;
    }
    return true;
}

std::span<const Sending> DatagramQueue::front() const {
    return std::span{sends_}.subspan(head_, std::min(count_, sends_.size() - head_));
}

void DatagramQueue::pop(std::size_t runs, std::size_t bytes) {
    CP_CHECK(runs <= count_);
    head_ = slot(runs);
    count_ -= runs;
    if (bytes == 0) return;
    CP_CHECK(count_ > 0 && bytes < sends_[head_].bytes.size());
    ByteView& left = sends_[head_].bytes;
    left = left.subspan(bytes);
    const bool shared = count_ > 1 && starts_[slot(1)] == starts_[head_];
    if (!shared) starts_[head_] = static_cast<std::size_t>(left.data() - bytes_.get());
}

void DatagramQueue::clear() {
    head_ = 0;
    count_ = 0;
}

} // namespace cp::net
