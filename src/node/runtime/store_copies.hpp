// Copies of objects of the store on their way to other nodes: of each key one after another, so that an older
// version never overtakes a newer one that is smaller; of those that wait the newest counts.
//
// Lives on the protocol thread; send() may be called on any.
#pragma once

#include "net/core_driver.hpp"
#include "node_core/node_core.hpp"
#include "wire/objects.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace cp::node {

class StoreCopies {
public:
    // Who has it when the sending has ended; nobody: it was not sent, or something newer takes its place. On
    // the protocol thread.
    using Delivered = std::function<void(std::span<const NodeId>)>;

    // The references must outlive it.
    StoreCopies(boost::asio::io_context& io, NodeCore& core, net::CoreDriver& driver)
        : io_{io}, core_{core}, driver_{driver} {}

    // To that node, or to all. Calls for one key are in order when they are made in order.
    void send(const wire::StoredHeader&, ByteView body, std::optional<NodeId> to, Delivered = {});

    // --- protocol thread
    void on_delivered(const StoredDelivery&);
    void close(); // nothing is sent any more, and nobody is waited for

private:
    struct Copy {
        Payload object;
        std::optional<NodeId> to;
        Delivered delivered;
    };

    void line_up(const std::string& key, Copy);
    void begin(const std::string& key);

    boost::asio::io_context& io_;
    NodeCore& core_;
    net::CoreDriver& driver_;
    bool open_ = true;
    std::map<std::string, std::deque<Copy>> copies_; // by key; the first is under way
    std::map<std::uint32_t, std::string> under_way_; // number of the delivery -> key
};

} // namespace cp::node
