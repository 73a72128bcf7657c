// Keeps the stores of nodes with folders of their own alike, so that users and images survive a leader change
// without a shared disk. On a shared disk (the stores name the same number) it does nothing.
//
// clang-format off
//   leader -> all     hello{number of its store}  when it leads, and to whoever joins
//   other number      offer{keys and digests}     back to the leader
//   leader            put{...}                    of what is missing or older there
//                     want{keys}                  of what is missing or older here
//   each put          put{...}                    to all at once, before the caller's put returns; also of a
//                                                 node that does not lead, which was the leader a moment ago
// clang-format on
//
// Who has no room for one of these is asked or given it again, twice a second for a minute; then a line in
// the log says so, and the next comparison repairs.
//
// Of two versions of an object the one modified later counts. Objects are never deleted by a comparison. What
// is larger than wire::object_body_max stays where it is.
//
// Lives on the protocol thread; reading and writing objects runs on workers. put() is for workers.
#pragma once

#include "node_app/store_copies.hpp"
#include "store/inventory.hpp"
#include "store/object_store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace cp::node {

class StoreSync final : public store::ObjectStore {
public:
    // All references must outlive it.
    StoreSync(store::ObjectStore& own, boost::asio::io_context& io, boost::asio::thread_pool& workers,
              NodeCore&, net::CoreDriver&);

    // --- protocol thread
    void on_events(std::span<const NodeEvent>);
    void close(); // puts wait for nobody any more

    // --- the store as the node's parts see it; any worker. A put returns when the live nodes with other
    // folders have the object too, or half a second later.
    using ObjectStore::get;
    [[nodiscard]] Outcome<void> put(std::string_view key, ByteView, store::PutIf) override;
    [[nodiscard]] Outcome<Payload> get(std::string_view key, store::ByteRange range) override {
        return own_.get(key, range);
    }
    [[nodiscard]] Outcome<store::ObjectInfo> head(std::string_view key) override { return own_.head(key); }
    [[nodiscard]] Outcome<std::vector<store::ObjectInfo>> list(std::string_view prefix,
                                                               std::string_view after) override {
        return own_.list(prefix, after);
    }
    [[nodiscard]] Outcome<std::vector<std::string>> list_folders(std::string_view prefix,
                                                                 std::string_view after) override {
        return own_.list_folders(prefix, after);
    }
    [[nodiscard]] Outcome<void> del(std::string_view key) override { return own_.del(key); }
    [[nodiscard]] store::Caps caps() const override { return own_.caps(); }
    [[nodiscard]] std::uint64_t identity() const override { return own_.identity(); }
    [[nodiscard]] std::string url() const override { return own_.url(); }

private:
    // A message without an object: hello, offer, want.
    struct Question {
        wire::StoreOp op = wire::StoreOp::hello;
        Bytes body;
        std::optional<NodeId> to; // none: all
        int refused = 0;          // times
    };
    // Objects that one node gets, one after another, so that a large store fills no memory and keeps no
    // worker busy.
    struct Gifts {
        NodeId to;
        std::vector<std::string> keys;
        bool owed = false; // puts that it missed; one of these at a time for each node
        std::size_t next = 0;
        int refused = 0; // times, of this one
    };
    using Etags = std::map<std::string, std::string>; // by key
    // A newer version that somebody has, the newest of all.
    struct Wanted {
        NodeId from;
        std::uint64_t modified = 0; // as in store::Version
        std::string here;           // what was here when that was found out; empty: nothing
    };

    // --- protocol thread
    [[nodiscard]] bool leads() const;
    void greet(std::optional<NodeId> to);
    void receive(const StoredObject&);
    void asked(const Question&, std::span<const NodeId> complete);
    void given(const std::shared_ptr<Gifts>&, std::span<const NodeId> complete);
    void ended(const Gifts&);
    void want_nothing(std::optional<NodeId> from); // none: of all
    void owe(const std::string& key, std::span<const NodeId> complete);
    void give_owed(NodeId to);
    void give_later(const std::shared_ptr<Gifts>&, Duration);
    void count_foreign();

    // --- any thread
    void ask(Question);
    void send(wire::StoredHeader, ByteView body, std::optional<NodeId> to, StoreCopies::Delivered = {});

    // --- worker
    void act_on(NodeId from, bool leader, const Payload& object);
    void give(const std::shared_ptr<Gifts>&);
    void compare_with(NodeId from, const store::Inventory& theirs);
    [[nodiscard]] std::vector<std::string> want(NodeId from, const store::Inventory& theirs,
                                                const std::vector<std::string>& keys, const Etags& here);
    [[nodiscard]] std::optional<store::PutIf> condition_of(NodeId from, const std::string& key,
                                                           std::string& etag);
    void take_in(NodeId from, bool leader, const std::string& key, ByteView bytes);
    [[nodiscard]] store::Inventory inventory(Etags* etags = nullptr);
    [[nodiscard]] std::optional<std::uint64_t> digest_of(const store::ObjectInfo&);
    [[nodiscard]] std::mutex& in_order(std::string_view key) {
        return in_order_[std::hash<std::string_view>{}(key) % in_order_.size()];
    }

    store::ObjectStore& own_;
    boost::asio::io_context& io_;
    boost::asio::thread_pool& workers_;
    boost::asio::strand<boost::asio::thread_pool::executor_type> puts_;
    NodeCore& core_;
    StoreCopies copies_;
    bool open_ = true;

    std::set<NodeId> foreign_;                     // as the leader: live members with another store
    std::map<NodeId, std::set<std::string>> owed_; // keys whose put a node has missed
    std::set<NodeId> giving_;                      // what it was owed
    bool leader_differs_ = false;                  // the leader has another store
    std::atomic<bool> replicating_{false};
    std::array<std::mutex, 64> in_order_; // by key: what is written first is sent first

    std::mutex digests_mutex_;
    std::map<std::string, std::pair<std::string, std::uint64_t>>
        digests_; // key -> etag, digest: reads each object once

    std::mutex wanted_mutex_;
    std::map<std::string, Wanted> wanted_; // by key
};

} // namespace cp::node
