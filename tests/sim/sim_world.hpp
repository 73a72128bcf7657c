// Nodes and clients in one process: the shipped cores, a virtual clock, one generator, a virtual network, and
// a worker that "runs" a task after a virtual delay. Plugs in exactly where net/core_driver does.
//
// Hosts are numbered in the order in which they are added. A crash drops a core with all its memory; a
// restart makes a new one with the same id, the next incarnation and a new session.
#pragma once

#include "client_core/client_core.hpp"
#include "node_core/node_core.hpp"
#include "sim_network.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

namespace cp::sim {

struct WorldOptions {
    std::uint64_t seed = 1;
    NetworkOptions network;
    Duration work_min = std::chrono::milliseconds{1};
    Duration work_max = std::chrono::milliseconds{20};
    std::size_t memory_budget = 64U << 20U;
};

class SimWorld {
public:
    explicit SimWorld(const WorldOptions&);
    ~SimWorld();
    SimWorld(const SimWorld&) = delete;
    SimWorld& operator=(const SimWorld&) = delete;

    HostId add_node(NodeId);
    HostId add_client();
    void crash(HostId);
    void restart(HostId); // of a node that crashed or left
    void leave(HostId);   // SIGTERM
    TaskId upload(HostId client, std::size_t bytes);
    void acknowledge(HostId client, const TaskId&);

    void run_for(Duration);
    bool run_until(const std::function<bool()>& condition, Duration at_most);

    [[nodiscard]] TimePoint now() const { return now_; }
    [[nodiscard]] node::NodeCore* node(HostId); // null while it is down, or a client
    [[nodiscard]] client::ClientCore* client(HostId);
    [[nodiscard]] HostId host_of(NodeId) const;
    [[nodiscard]] std::size_t hosts() const { return hosts_.size(); }
    [[nodiscard]] std::optional<NodeId> common_leader(); // whom all live nodes follow, when they agree
    void set_work(Duration each) { options_.work_min = options_.work_max = each; }
    SimNetwork& network() { return network_; }
    Rng& rng() { return rng_; }

    // What the checkers listen to: every event of every core, with the host that it came from, and every
    // step.
    std::function<void(HostId, const node::NodeEvent&)> on_node_event;
    std::function<void(HostId, const client::ClientEvent&)> on_client_event;
    std::function<void()> on_step;

    // The result object that the worker gives for an upload: what each answer must be, byte for byte.
    static Payload work(const TaskId&, const Payload& upload);

private:
    struct Host;
    struct Happening {
        TimePoint at;
        std::uint64_t order;
        std::function<void()> act;
        bool operator>(const Happening& other) const {
            return std::pair{at, order} > std::pair{other.at, other.order};
        }
    };

    void schedule(Duration after, std::function<void()>);
    void boot(Host&);
    void after_call(Host&);
    void drain(Host&);
    void deliver(Host& from, const Bytes& datagram, const wire::Outgoing&);
    void arrive(HostId to, std::uint64_t life, const Bytes& datagram, const Endpoint& from);
    void arm(Host&);
    void act_on(Host&, const node::NodeEvent&);
    SessionId draw_session();

    WorldOptions options_;
    Rng rng_;
    SimNetwork network_;
    TimePoint now_{};
    std::uint64_t order_ = 0;
    std::priority_queue<Happening, std::vector<Happening>, std::greater<>> queue_;
    std::vector<std::unique_ptr<Host>> hosts_;
};

} // namespace cp::sim
