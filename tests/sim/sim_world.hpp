// Nodes and clients in one process: the shipped cores, a virtual clock for each host, one generator, a
// virtual network with liveness links, and a worker that "runs" a task after a virtual delay. Plugs in
// exactly where net/core_driver does, and turns as it does: sockets before timers.
//
// Hosts are numbered in the order in which they are added. A crash drops a core with all its memory; a
// restart makes a new one with the same id, a higher incarnation and a new session, and with what the disk
// kept. A stalled host does nothing: datagrams wait in its sockets, as many as fit, its deadlines pass, its
// worker stands still; then all comes at once.
#pragma once

#include "client_core/client_core.hpp"
#include "event_queue.hpp"
#include "node_core/node_core.hpp"
#include "sim_network.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cp::sim {

struct WorldOptions {
    std::uint64_t seed = 1;
    NetworkOptions network;
    Duration work_min = std::chrono::milliseconds{1};
    Duration work_max = std::chrono::milliseconds{20};
    std::size_t memory_budget = 64U << 20U;
    tasks::DispatchPolicy dispatch = tasks::DispatchPolicy::leader;
    std::size_t socket_bytes = 425'984; // what a stalled host's socket holds, the kernel's overhead included
    double clock_ppm = 0;               // a host's clock runs up to so much faster or slower
    Duration clock_spread{};            // and began up to so long before the others'
    std::uint64_t unix_seconds = 0;     // at the beginning; the incarnation of a node whose disk is empty
    bool reserve_epochs = false;        // the disk holds a mark ahead of the epochs; else the highest of them
    bool crash_link = false;            // nodes hold liveness links
    std::function<void(node::NodeConfig&)> configure; // last word on each node's configuration
};

enum class Death : std::uint8_t {
    killed, // the kernel closes its connections
    power,  // nothing more is ever heard
};
enum class Disk : std::uint8_t { kept, lost };

class SimWorld {
public:
    explicit SimWorld(const WorldOptions&);
    ~SimWorld();
    SimWorld(const SimWorld&) = delete;
    SimWorld& operator=(const SimWorld&) = delete;

    HostId add_node(NodeId);
    HostId add_client();
    void crash(HostId, Death = Death::killed);
    void restart(HostId, Disk = Disk::kept); // of a node that crashed or left
    void leave(HostId);                      // SIGTERM
    void stall(HostId, Duration);
    void step_clock(HostId, Duration forward);
    void filter_data(HostId); // the data group does not come through to it, the others do
    void doubt(HostId);       // its link to its leader ends, and the second attempt gets no answer
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
    [[nodiscard]] bool stalled(HostId) const;
    [[nodiscard]] std::uint64_t incarnation(HostId) const; // of the present life, or the last
    [[nodiscard]] std::uint64_t life(HostId) const;        // of the host: no two are the same
    [[nodiscard]] std::uint64_t disk(HostId) const;        // changes with each disk that it lost
    // Two lives whose disks were empty must not begin in one second.
    [[nodiscard]] bool may_lose_disk(HostId) const;
    // Not stalled, stepped, crashed or started, now and for so long before.
    [[nodiscard]] bool steady(HostId, Duration lately) const;
    // Both are, and nothing but loss, duplication and delay was between them.
    [[nodiscard]] bool in_touch(HostId a, HostId b, Duration lately) const;
    [[nodiscard]] bool clock_stepped(Duration lately) const { return now_ - stepped_ < lately; } // anybody's
    void set_work(Duration each) { options_.work_min = options_.work_max = each; }
    void set_dispatch(tasks::DispatchPolicy policy) { options_.dispatch = policy; } // of nodes booted later
    SimNetwork& network() { return network_; }
    Rng& rng() { return rng_; }

    // What the checkers listen to: every event of every core, with the host that it came from; every message
    // that a core wants sent; every step of a host; and a host's end, while its core is still there.
    std::function<void(HostId, const node::NodeEvent&)> on_node_event;
    std::function<void(HostId, const client::ClientEvent&)> on_client_event;
    std::function<void(HostId, const wire::Outgoing&)> on_send;
    std::function<void(HostId)> on_step;
    std::function<void(HostId)> on_death;

    // The result object that the worker gives for an upload: what each answer must be, byte for byte.
    static Payload work(const TaskId&, const Payload& upload);

private:
    struct Host;

    HostId add(std::unique_ptr<Host>);
    void boot(Host&);
    void boot_node(Host&, const wire::Identity&);
    [[nodiscard]] std::uint64_t unix_now() const;
    void end(Host&);
    void schedule(Duration after, Happening);
    void happen(Happening&);
    void when_awake(Host&, std::function<void()>);
    void resume(Host&);

    // one turn of a host
    void after_call(Host&);
    void drain(Host&);
    void deliver(Host& from, const std::shared_ptr<const Datagram>&, const wire::Outgoing&);
    void arrive(const Arrival&);
    void open(Host&, const Datagram&);
    void arm(Host&);
    void ring(const Alarm&);
    void on_deadline(Host&);
    void act_on(Host&, const node::NodeEvent&);
    void reserve_epochs(Host&);
    void pull(Host&);

    // liveness links (sim_links.cpp)
    void renew_link(Host&);
    void try_link(HostId, std::uint64_t number);
    void break_links(const Host& dead);
    void renew_knocks(Host&);
    void knock(Host&, Duration after);
    void tell(HostId, NodeId dead, const SessionId&, wire::LinkVerdict);

    SessionId draw_session();

    WorldOptions options_;
    Rng rng_;
    TimePoint now_{};
    SimNetwork network_;
    EventQueue queue_;
    std::vector<std::unique_ptr<Host>> hosts_;
    std::uint64_t lives_ = 0;
    TimePoint stepped_{};
    Bytes scratch_;
};

} // namespace cp::sim
