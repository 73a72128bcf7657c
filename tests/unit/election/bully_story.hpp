// One Bully in a story with time in it: what it hears, and what it then says.
#pragma once

#include "election/bully.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace cp::test {

using namespace std::chrono_literals;
using election::Bully;
using election::ElectionConfig;
using election::Leader;

inline constexpr TimePoint start{1h};

inline Epoch epoch(std::uint64_t counter, std::uint32_t leader, std::uint64_t life = 1) {
    return {counter, NodeId{leader}, life};
}

inline wire::Heartbeat beat(const Epoch& e, std::uint16_t followers = 0) {
    return {.node = e.leader, .epoch = e, .leading = true, .followers = followers};
}

inline wire::Heartbeat follower_beat(std::uint32_t node, const Epoch& seen) {
    return {.node = NodeId{node}, .epoch = seen};
}

inline std::optional<Leader> led_by(const Epoch& e) { return Leader{e.leader, e}; }

// One Bully, its outbox, and time that moves by assigning it.
struct Story {
    explicit Story(std::uint32_t self, std::vector<std::uint32_t> others = {},
                   const ElectionConfig& config = {})
        : bully{NodeId{self}, 1, {}, config, start} {
        for (std::uint32_t other : others) alive(other);
    }

    void alive(std::uint32_t node) { bully.on_member_alive(now, NodeId{node}, out); }
    void lost(std::uint32_t node) { bully.on_member_lost(now, NodeId{node}, out); }
    void hears(const wire::Heartbeat& b) {
        b.leading ? bully.on_leader_heartbeat(now, b.node, b, out)
                  : bully.on_follower_heartbeat(now, b.node, b, out);
    }
    void hears(const wire::Coordinator& c) { bully.on_coordinator(now, c.epoch.leader, c, out); }
    void hears(const wire::Election& e) { bully.on_election(now, e.candidate, e, out); }
    void hears(const wire::Answer& a) { bully.on_answer(now, a.node, a, out); }
    void hears(const wire::HandOver& h) { bully.on_hand_over(now, h.epoch.leader, h, out); }
    void says(std::uint32_t node, std::uint16_t load) { bully.set_load(now, NodeId{node}, load); }
    void next_deadline() {
        BOOST_TEST_REQUIRE((bully.deadline() != never));
        now = std::max(now, bully.deadline());
        bully.on_deadline(now, out);
    }
    // The messages of one kind that were sent since the last look; those of other kinds are forgotten.
    template <class M>
    std::vector<M> sent() {
        std::vector<M> found;
        for (const auto& item : out.items()) {
            if (const M* m = std::get_if<M>(&item.message)) found.push_back(*m);
        }
        out.clear();
        return found;
    }
    template <class M>
    std::size_t count() {
        return sent<M>().size();
    }

    TimePoint now = start;
    wire::Outbox out;
    Bully bully;
};

} // namespace cp::test
