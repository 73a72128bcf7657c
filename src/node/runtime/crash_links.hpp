// The liveness links of one node (net/liveness_link.hpp), tied to its core: they follow whom the core
// follows, and tell it which programs have ended. Thread and lifetime are those of the driver.
#pragma once

#include "net/core_driver.hpp"
#include "net/liveness_link.hpp"
#include "node_app/node_log.hpp"
#include "node_core/node_core.hpp"

namespace cp::node {

// On the address that the transport sends from; on all of them where it has several. Errors: no_network.
[[nodiscard]] Outcome<boost::asio::ip::tcp::acceptor> open_link_port(net::GroupTransport&);

class CrashLinks {
public:
    // All of them must outlive the loops.
    CrashLinks(boost::asio::ip::tcp::acceptor, const NodeConfig&, NodeCore&, net::CoreDriver&, NodeLog&);

    void start() { links_.start(); }
    void close() { links_.close(); }
    void follow_leader(); // after calls into the core

    [[nodiscard]] const net::LinkCounters& counters() const { return links_.counters(); }

private:
    [[nodiscard]] net::LinkHandlers handlers();
    void tell(const SessionId&, wire::LinkVerdict);

    NodeCore& core_;
    net::CoreDriver& driver_;
    NodeLog& log_;
    net::LivenessLinks links_;
};

} // namespace cp::node
