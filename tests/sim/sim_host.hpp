// One host of the world: a core, its clock, its sockets, its disk. Only the world looks inside.
#pragma once

#include "election/epoch_reserve.hpp"
#include "sim_world.hpp"

#include <array>
#include <deque>

namespace cp::sim {

// A host's own clock: began at another moment than the others', runs a little faster or slower, and may jump
// forward, as CLOCK_BOOTTIME does over a suspend.
class HostClock {
public:
    HostClock() = default;
    HostClock(TimePoint world, Duration ahead, double ppm)
        : origin_{world}, ahead_{ahead}, billionths_{static_cast<std::int64_t>(ppm * 1000)} {}

    [[nodiscard]] TimePoint at(TimePoint world) const { return world + ahead_ + drift(world - origin_); }
    // How much later, by the world's clock, it will be `local` here; at least a microsecond.
    [[nodiscard]] Duration until(TimePoint local, TimePoint world) const {
        if (local <= at(world)) return std::chrono::microseconds{1}; // also TimePoint::min(): at once
        const Duration wait = local - at(world);
        return std::max<Duration>(wait - drift(wait), std::chrono::microseconds{1});
    }
    void step(Duration forward) { ahead_ += forward; }

private:
    // In two steps, because nanoseconds times billionths of a year overflow.
    [[nodiscard]] Duration drift(Duration d) const {
        const auto whole = std::chrono::duration_cast<std::chrono::seconds>(d);
        return Duration{whole.count() * billionths_ + (d - whole).count() * billionths_ / 1'000'000'000};
    }
    TimePoint origin_{};
    Duration ahead_{};
    std::int64_t billionths_ = 0;
};

// What a socket holds for a host that does not read it. The kernel charges more than the bytes.
class SocketBuffer {
public:
    void put(std::shared_ptr<const Datagram> datagram, std::size_t room) {
        const std::size_t charge = datagram->bytes.size() + overhead;
        if (used_ + charge > room) return;
        used_ += charge;
        held_.push_back(std::move(datagram));
    }
    [[nodiscard]] std::deque<std::shared_ptr<const Datagram>> take() {
        used_ = 0;
        return std::exchange(held_, {});
    }

private:
    static constexpr std::size_t overhead = 768;
    std::deque<std::shared_ptr<const Datagram>> held_;
    std::size_t used_ = 0;
};

struct SimWorld::Host {
    HostId id = 0;
    Endpoint endpoint;
    NodeId node_id; // 0: a client
    ClientId client_id;
    std::uint64_t life = 0; // from boot to end; no two hosts have the same
    SessionId session;
    std::unique_ptr<node::NodeCore> node;
    std::unique_ptr<client::ClientCore> client;
    std::unique_ptr<wire::Sealer> sealer;
    wire::Outbox out;
    std::uint32_t next_task = 1;

    // the disk
    std::uint64_t incarnation = 0;
    election::EpochReserve epochs{0};
    bool disk_empty = true;
    std::uint64_t disk = 1;

    HostClock clock;
    TimePoint armed = never; // by its own clock
    std::uint64_t alarm = 0;
    bool pulling = false;
    TimePoint unsteady_until{}; // the last stall, step or boot

    bool powered_off = false;
    bool data_filtered = false;
    bool stalled = false;
    TimePoint stalled_until{};
    std::array<SocketBuffer, wire::lane_count> sockets;
    std::vector<std::function<void()>> waiting; // what else comes to a stalled host

    struct Link {
        node::LinkTarget target;
        bool up = false;
    };
    std::optional<Link> link; // to its leader
    std::uint64_t link_number = 0;
    bool knocking = false;          // at its leader's machine
    std::uint64_t knock_number = 0; // changes when it stops

    [[nodiscard]] bool up() const { return node || client; }
    [[nodiscard]] bool in_data_group() const { return node && !data_filtered; } // clients do not join it
    template <class F>
    auto core(F f) {
        return node ? f(*node) : f(*client);
    }
};

} // namespace cp::sim
