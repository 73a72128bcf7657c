// Several Bullies on a virtual network with loss, delay, reordering, cuts, partitions and nodes that stop for
// a while, in virtual time. The membership around them is deliberately crude: whoever is silent is lost,
// nobody is asked first, and follower counts may be lies. Repeatable: everything follows from the seed.
#pragma once

#include "base/rng.hpp"
#include "election/bully.hpp"
#include "election/quorum.hpp"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cp::test {

using namespace std::chrono_literals;
using election::Bully;

class VirtualCluster {
public:
    struct Options {
        unsigned nodes = 5;
        double loss = 0;
        double duplicates = 0;
        bool preempt = true;
        bool lying_counts = false; // heartbeats carry random follower counts
        election::Policy policy = election::Policy::id;
        Duration leader_term{};
        bool quorum = false; // a majority has to grant
    };

    VirtualCluster(std::uint64_t seed, const Options&);

    void run(Duration);
    void misfortune();                   // one random event
    void partition(std::uint64_t sides); // bit i: the side of the node at index i
    void heal();                         // no cuts, everybody runs
    void set_loss(double loss) { options_.loss = loss; }

    void crash(std::size_t index) { stop(index, false); }
    void freeze(std::size_t index, Duration);
    void set_load(std::size_t index, std::uint16_t load); // from here on; else it changes at random

    // One leader, the highest id if it preempts by id, and everybody follows it in its epoch; with a quorum,
    // it may serve.
    [[nodiscard]] bool agreed() const;
    [[nodiscard]] NodeId leader_of(std::size_t index) const;                  // 0: none
    [[nodiscard]] const std::string& violation() const { return violation_; } // empty: none so far
    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::uint64_t claims() const { return owners_.size(); }
    [[nodiscard]] std::uint64_t sent() const { return sent_; }

private:
    static constexpr Duration tick = 1ms;
    static constexpr Duration leader_interval = 20ms, leader_timeout = 100ms;
    static constexpr Duration follower_interval = 60ms, follower_timeout = 350ms;

    using Word = std::variant<wire::Heartbeat, wire::Election, wire::Answer, wire::Coordinator,
                              wire::HandOver, wire::Grant>;
    struct Delivery {
        std::size_t from, to;
        std::uint64_t life;
        std::uint64_t number;
        Word word;
    };
    struct Sight {              // what one node knows about another
        std::uint64_t life = 0; // 0: not alive here
        TimePoint heard{};
    };
    struct Node {
        std::unique_ptr<Bully> bully; // none: crashed
        std::optional<election::Quorum> quorum;
        std::optional<std::uint16_t> fixed_load;
        std::uint16_t load = 0;
        TimePoint frozen_at{}, frozen_until{}; // stopped: what arrives waits
        std::vector<Delivery> inbox;
        std::uint64_t life = 0;
        std::uint64_t stored = 0;
        std::vector<Sight> sights;
        TimePoint next_beat{};
        std::optional<election::Leader> announced; // what the last heartbeat said of its leading
        Epoch fence{};
    };

    [[nodiscard]] static NodeId id(std::size_t index) {
        return NodeId{static_cast<std::uint32_t>(index + 1)};
    }
    [[nodiscard]] bool frozen(const Node& node) const { return now_ < node.frozen_until; }
    void thaw(std::size_t);
    [[nodiscard]] static std::size_t index_of(NodeId node) { return node.value - 1; }
    void start(std::size_t);
    void stop(std::size_t, bool gracefully);
    void step();
    void deliver(const Delivery&);
    void hand_to(Bully&, const Delivery&);
    void grant(const Delivery&);
    void serve(std::size_t);
    void lose_the_silent(std::size_t);
    void lose(std::size_t at, std::size_t whom);
    void tell_of_crash(std::size_t);
    void beat(std::size_t);
    void flush(std::size_t);
    void transmit(std::size_t);
    void send(std::size_t from, std::optional<std::size_t> only, std::uint64_t number, const Word&);
    void check(std::size_t);
    void check_who_serves();

    Options options_;
    Rng rng_;
    TimePoint now_{};
    std::vector<Node> nodes_;
    std::vector<std::vector<bool>> cut_;         // [from][to]
    std::array<std::vector<Delivery>, 8> wheel_; // by tick of arrival
    std::size_t hand_ = 0;
    wire::Outbox out_;
    std::map<Epoch, std::size_t> owners_; // every epoch that somebody led in, and its number of tenures
    std::string violation_;
    std::uint64_t sent_ = 0;
};

} // namespace cp::test
