// Copies of objects of the store on their way to other nodes: of each key one after another (copy_line.hpp),
// so that an older version never overtakes a newer one that is smaller.
//
// Lives on the protocol thread; send() may be called on any.
#pragma once

#include "net/core_driver.hpp"
#include "node_app/copy_line.hpp"
#include "node_core/node_core.hpp"
#include "wire/objects.hpp"

#include <boost/asio/io_context.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cp::node {

class StoreCopies {
public:
    // On the protocol thread, once: who has it, or something newer. Nobody: it was not sent, too.
    using Delivered = StoreCopy::Delivered;

    // The references must outlive it.
    StoreCopies(boost::asio::io_context& io, NodeCore& core, net::CoreDriver& driver)
        : io_{io}, core_{core}, driver_{driver} {}

    // To that node, or to all. Calls for one key are in order when they are made in order.
    void send(const wire::StoredHeader&, ByteView body, std::optional<NodeId> to, Delivered = {});

    // --- protocol thread
    void on_delivered(const StoredDelivery&);
    void close(); // nothing is sent any more, and nobody is waited for

private:
    void line_up(const std::string& key, StoreCopy);
    void begin(const std::string& key);

    boost::asio::io_context& io_;
    NodeCore& core_;
    net::CoreDriver& driver_;
    bool open_ = true;
    using Waiting = std::vector<Delivered>;

    std::map<std::string, CopyLine> lines_;          // by key
    std::map<std::uint32_t, std::string> under_way_; // number of the delivery -> key
    std::map<std::uint32_t, Waiting> keyless_;       // the same of questions and lists
};

} // namespace cp::node
