// The receiver's half of flow control: how many datagrams may be under way to us, when to report, and what.
// Reports follow arrivals, polls and requests; a receiver has no timer. Feedback is by unicast and names what
// is missing (NORM's NACK, RFC 5740) together with the highest transmit number, so the sender knows which of
// it is lost and which still under way. Not thread-safe.
#pragma once

#include "base/time.hpp"
#include "transfer/segment_map.hpp"
#include "wire/messages.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace cp::transfer {

// Datagrams with segments of `segment_bytes` that a socket buffer holds, for each of `senders`. The kernel
// charges a datagram's allocation (next power of two of it and its headers) plus 256 bytes of bookkeeping:
// 2304 for 1472. `capacity` is SO_RCVBUF as getsockopt reports it, twice what was set.
[[nodiscard]] std::uint32_t receive_window(std::size_t capacity, std::uint32_t segment_bytes,
                                           std::size_t senders);

// Before a receiver has said what it holds: what every socket buffer holds.
[[nodiscard]] inline std::uint32_t first_window(std::uint32_t segment_bytes) {
    return std::min<std::uint32_t>(limits::credit_window_first,
                                   receive_window(limits::receive_capacity_default, segment_bytes, 1));
}

// Arrivals between two reports under a window. The sender counts on it too.
[[nodiscard]] constexpr std::uint32_t report_interval(std::uint32_t window) {
    return std::clamp<std::uint32_t>(window / 4, 1, limits::report_every_max);
}

// One lane of one sender, all its transfers together.
class LaneFeedback {
public:
    // A setup is as good as data: its first flight is right behind it.
    void on_setup(TimePoint now) { heard_ = now; }
    void on_datagram(TimePoint now, std::uint64_t number) {
        highest_ = std::max(highest_, number);
        heard_ = now;
        ++arrived_;
    }
    void reported(std::uint32_t window) {
        window_ = window;
        arrived_ = 0;
    }
    void kept_silent() { arrived_ = 0; }

    [[nodiscard]] std::uint64_t highest() const { return highest_; }
    [[nodiscard]] bool due() const { return arrived_ >= report_interval(window_); }
    [[nodiscard]] bool active(TimePoint now) const {
        return heard_ && now - *heard_ <= limits::sender_active_for;
    }

private:
    std::uint64_t highest_ = 0;
    std::optional<TimePoint> heard_;
    std::uint32_t window_ = limits::credit_window_min; // as last reported
    std::uint32_t arrived_ = 0;                        // since then
};

// One receiver's place among those that a Setup names.
struct Place {
    std::uint32_t group = 1;    // named by the Setup
    std::uint32_t position = 0; // among them

    [[nodiscard]] bool reports() const {
        return group <= limits::report_all_max || position < limits::representatives_per_setup;
    }
};

// One incoming transfer. Its lane's reports carry the credit; its own carry the gaps, so it has its own
// count: with many transfers in one lane, each must still say in time what it misses.
class Feedback {
public:
    void on_segment(std::uint32_t segment) {
        expected_ = std::max(expected_, segment + 1);
        ++arrived_;
    }
    // Of a block that ends before segment `end`.
    void on_parity(std::uint32_t end) {
        expected_ = std::max(expected_, end);
        ++arrived_;
    }
    void on_poll(std::uint32_t sent_segments) { expected_ = std::max(expected_, sent_segments); }

    [[nodiscard]] bool due() const { return arrived_ >= report_interval(window_); }
    // Whether one of many speaks at this occasion: a report is due, or the sender `polled`. Those who report
    // for all of them do, the others only if they miss what they missed at the last occasion too: by then
    // what the first ones asked for has come. `chance` is any number that differs between receivers and
    // occasions.
    [[nodiscard]] bool speaks(const Place&, const SegmentMap&, bool polled, std::uint64_t chance);
    // Fills in what is due, and starts counting again. Without a map the object is whole or unwanted.
    void write(wire::Report&, const SegmentMap*, std::uint32_t window, LaneFeedback&);

private:
    std::uint32_t expected_ = 0;                       // segments [0, expected) must have been sent
    std::uint32_t expected_before_ = 0;                // at the last occasion
    std::uint32_t occasions_ = 0;                      // passed in silence, though there was need
    std::uint32_t window_ = limits::credit_window_min; // as last reported
    std::uint32_t arrived_ = 0;                        // since then
};

} // namespace cp::transfer
