// A virtual network: who hears whom, when, how often. All of it is data that a schedule of faults changes;
// all chance comes from one seeded generator, so a run is repeated exactly by its seed. Carries sealed bytes,
// not structs: every hop goes through the shipped codec and seal. After TigerBeetle's packet simulator.
//
// Loss, duplication, delay and reordering concern all pairs; a cut or a clog one direction of one pair; a
// slow link one host, in both directions. Not thread-safe; the world's time is read through a reference.
#pragma once

#include "base/rng.hpp"
#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

namespace cp::sim {

using HostId = std::size_t;
using Direction = std::pair<HostId, HostId>; // from, to

struct NetworkOptions {
    double loss = 0;
    double duplicate = 0;
    double reorder =
        0; // probability that a datagram is overtaken by what is sent within `reorder_by` after it
    Duration reorder_by = std::chrono::milliseconds{10};
    Duration delay_min = std::chrono::microseconds{100};
    Duration delay_max =
        std::chrono::microseconds{300}; // a spread larger than the gap between sends reorders, too
};

// The delays of the copies of one datagram that arrive.
class Copies {
public:
    void add(Duration delay) { delays_[count_++] = delay; }
    [[nodiscard]] const Duration* begin() const { return delays_.data(); }
    [[nodiscard]] const Duration* end() const { return delays_.data() + count_; }

private:
    std::array<Duration, 2> delays_{};
    std::size_t count_ = 0;
};

class SimNetwork {
public:
    // Both references must outlive it.
    SimNetwork(const NetworkOptions& options, Rng& rng, const TimePoint& now)
        : options_{options}, rng_{rng}, now_{now} {}

    // None when it is lost or cut off, two when duplicated.
    [[nodiscard]] Copies deliveries(HostId from, HostId to);

    void cut(HostId from, HostId to); // one direction
    // Hosts in different groups do not hear one another; any number of groups.
    void partition(const std::map<HostId, int>& group_of);
    // What goes that way is held for so long, and then comes in a burst.
    void clog(HostId from, HostId to, Duration);
    // So much more delay to and from the host; zero ends it.
    void slow(HostId, Duration extra);
    void heal(); // all of the above

    NetworkOptions& options() { return options_; }
    // No cut, clog or slow link between the two, in either direction, now and for so long before.
    [[nodiscard]] bool sound(HostId a, HostId b, Duration lately) const;

private:
    [[nodiscard]] Duration extra_delay(HostId from, HostId to) const;
    [[nodiscard]] bool sound(const Direction&, Duration lately) const;

    NetworkOptions options_;
    Rng& rng_;
    const TimePoint& now_;
    std::set<Direction> cuts_;
    std::map<Direction, TimePoint> clogged_until_;
    std::map<HostId, Duration> slow_;
    std::map<Direction, TimePoint> repaired_; // when the last fault of that direction ended
    std::map<HostId, TimePoint> quickened_;
};

} // namespace cp::sim
