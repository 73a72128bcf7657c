// The client's protocol thread, seen from the thread that talks to the user: requests in, events out. Owns
// the sockets, the core and the thread; its destructor says goodbye to the cluster and joins.
//
// All members may be called from the one user thread; none blocks longer than a turn of the protocol thread,
// except next(), which waits as long as it is told to.
#pragma once

#include "client_app/mailbox.hpp"
#include "client_core/client_core.hpp"
#include "config/config.hpp"
#include "net/core_driver.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <functional>
#include <memory>
#include <thread>
#include <variant>
#include <vector>

namespace cp::client {

struct Interrupted {  // Ctrl-C, or a request to end
    bool end = false; // SIGTERM, SIGHUP: the session, not only the command
};
struct LeaderSettled {}; // who leads is known, and everybody on its list has proven itself
using LinkItem = std::variant<ClientEvent, Interrupted, LeaderSettled>;

// What is known of the cluster, copied at one moment.
struct ClusterView {
    struct Seen {
        membership::Member member;
        Endpoint endpoint;
        std::int64_t last_seen_ms = 0;
    };
    LeaderView leader;
    bool settled = false;
    std::vector<Seen> members;    // those that are not gone, by id
    std::uint64_t other_key = 0;  // datagrams of our cluster name that our key does not open
    std::uint64_t own_echoes = 0; // of our multicast, heard back: proves that it works
};

struct NetworkFacts { // constant for the life of a link
    std::vector<std::string> interfaces;
    std::string local; // where unicast reaches this client, "127.0.0.1:41231"
    std::size_t receive_buffer = 0;
    bool buffers_capped = false;
    SessionId session;
    std::string fingerprint; // of the cluster key
};

class Link {
public:
    // Errors: bad_config, no_network. `on_interrupt` is called on the protocol thread, after the item was
    // put, to wake who waits for something else than items.
    [[nodiscard]] static Outcome<std::unique_ptr<Link>>
    open(const Config&, const ClusterKey&, std::function<void(const Interrupted&)> on_interrupt);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    // As ClientCore's.
    void submit(const TaskId&, Payload upload, std::uint64_t work_bytes, std::optional<std::uint64_t> ready);
    void set_ready(const TaskId&);
    void reject(const TaskId&, NodeId);
    void acknowledge(const TaskId&);
    void cancel(const TaskId&);
    void discover();
    [[nodiscard]] ClusterView view(); // from any thread

    // The next item, or nothing when `deadline` passed.
    [[nodiscard]] std::optional<LinkItem> next(TimePoint deadline) { return items_.take(deadline); }
    // Drops what came between two commands; says whether somebody interrupted meanwhile.
    [[nodiscard]] std::optional<Interrupted> forget_items();

    [[nodiscard]] const NetworkFacts& network() const { return network_; }
    // The interface by which a member is reached; empty when there is no way to it.
    [[nodiscard]] std::string path_to(const Endpoint&) const;

private:
    struct Parts;
    explicit Link(Parts);

    void on_events();
    boost::asio::awaitable<void> watch_signals();
    void call(std::function<void(TimePoint, wire::Outbox&)>);

    std::unique_ptr<boost::asio::io_context> io_;
    ClientConfig config_;
    ClientCore core_;
    net::CoreDriver driver_;
    boost::asio::signal_set signals_;
    NetworkFacts network_;
    std::vector<net::Interface> interfaces_;
    Mailbox<LinkItem> items_;
    std::function<void(const Interrupted&)> on_interrupt_;
    bool settled_told_ = false;
    std::thread thread_;
};

} // namespace cp::client
