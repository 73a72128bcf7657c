// StoreSync, on the protocol thread: what arrives, and when something is given again.
#include "node_app/store_sync.hpp"

#include "base/overloaded.hpp"
#include "log/log.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <chrono>
#include <new>

namespace cp::node {
namespace {

namespace asio = boost::asio;
using wire::StoreOp;

// Whoever has no room now has it when it has stored what it got.
constexpr std::chrono::milliseconds give_again_after{500};
constexpr int give_at_most = 120; // times: for a minute

// On a worker. False: there was no memory for it.
template <class Work>
bool as_far_as_memory_allows(NodeId from, const Work& work) {
    try {
        work();
        return true;
    } catch (const std::bad_alloc&) {
        log::log_event(log::Level::error, "store_failed", "no memory for the store of node " + to_text(from),
                       {{"key", ""}, {"reason", cp::name(errc::busy)}});
        return false;
    }
}

// `key` is empty: a question or a list.
void log_not_taken(NodeId by, const std::string& key) {
    log::log_event(log::Level::error, "store_failed",
                   "node " + to_text(by) + " does not take " +
                       (key.empty() ? "questions about the store" : key),
                   {{"key", key}, {"reason", cp::name(errc::busy)}});
}

bool has(std::span<const NodeId> nodes, NodeId node) { return std::ranges::find(nodes, node) != nodes.end(); }

} // namespace

StoreSync::StoreSync(store::ObjectStore& own, asio::io_context& io, asio::thread_pool& workers,
                     NodeCore& core, net::CoreDriver& driver)
    : own_{own}, io_{io}, workers_{workers}, puts_{asio::make_strand(workers)}, core_{core}, copies_{io, core,
                                                                                                     driver} {
}

void StoreSync::on_events(std::span<const NodeEvent> events) {
    const auto received = core_.take_stored(); // also where they are of no use: else they would pile up
    const auto ended = core_.take_delivered();
    if (own_.identity() == 0) {
        for (const auto& stored : received) core_.release_stored(stored.id);
        return;
    }
    for (const auto& stored : received) receive(stored);
    for (const auto& delivery : ended) copies_.on_delivered(delivery);
    for (const auto& event : events)
        std::visit(Overloaded{
                       [&](const LeaderChanged& e) {
                           // Until its hello says: whom this node has led may lead it now.
                           leader_differs_ = leader_differs_ || !foreign_.empty();
                           foreign_.clear();
                           owed_.clear();
                           want_nothing(std::nullopt);
                           if (e.leader == core_.id()) greet(std::nullopt);
                       },
                       [&](const MemberJoined& e) {
                           if (leads()) greet(e.node);
                       },
                       [&](const MemberLost& e) {
                           foreign_.erase(e.node);
                           owed_.erase(e.node);
                           want_nothing(e.node);
                       },
                       [](const auto&) {},
                   },
                   event);
    if (!events.empty()) count_foreign();
}

bool StoreSync::leads() const {
    const auto leader = core_.leader();
    return leader && leader->node == core_.id();
}

void StoreSync::count_foreign() { replicating_ = open_ && (leads() ? !foreign_.empty() : leader_differs_); }

void StoreSync::greet(std::optional<NodeId> to) { ask({.op = StoreOp::hello, .body = {}, .to = to}); }

// Whom a question has not reached is asked alone.
void StoreSync::asked(const Question& question, std::span<const NodeId> complete) {
    if (!open_) return;
    const auto all = question.to ? std::vector<NodeId>{*question.to} : core_.members().alive();
    for (const NodeId node : all) {
        const auto* member = core_.members().find(node);
        if (has(complete, node) || member == nullptr || member->state == wire::MemberState::gone) continue;
        Question again = question;
        again.to = node;
        if (++again.refused == give_at_most) {
            log_not_taken(node, {});
            continue;
        }
        const auto timer = std::make_shared<asio::steady_timer>(io_);
        timer->expires_after(give_again_after);
        timer->async_wait([this, again = std::move(again), timer](const boost::system::error_code& error) {
            const bool outdated = again.op == StoreOp::hello && !leads();
            if (!error && open_ && !outdated) ask(again);
        });
    }
}

void StoreSync::receive(const StoredObject& stored) {
    const auto object = wire::read_stored(stored.object);
    const auto leader = core_.leader();
    const bool from_leader = leader && leader->node == stored.from;
    if (object && object->header.op == StoreOp::hello && from_leader) {
        leader_differs_ = object->header.store != own_.identity();
        count_foreign();
    }
    if (!object || object->header.store == own_.identity()) // the same folder: it is here already
        return core_.release_stored(stored.id);
    if (object->header.op ==
        StoreOp::offer) { // from now on it gets each put, so that nothing falls in between
        foreign_.insert(stored.from);
        count_foreign();
    }
    auto act = [this, stored, from_leader] {
        (void)as_far_as_memory_allows(stored.from, [&] { act_on(stored.from, from_leader, stored.object); });
        asio::post(io_, [this, stored] {
            core_.release_stored(stored.id);
            asio::post(workers_, [bytes = stored.object] {}); // freed where nobody waits for it
        });
    };
    if (object->header.op == StoreOp::put)
        asio::post(puts_, std::move(act)); // in the order in which they came
    else
        asio::post(workers_, std::move(act));
}

void StoreSync::close() {
    open_ = false;
    replicating_ = false;
    copies_.close();
}

void StoreSync::given(const std::shared_ptr<Gifts>& gifts, std::span<const NodeId> complete) {
    const bool delivered = has(complete, gifts->to);
    const auto* member = core_.members().find(gifts->to);
    if (!open_ || member == nullptr || member->state == wire::MemberState::gone) return ended(*gifts);
    const bool hopeless = !delivered && ++gifts->refused >= give_at_most;
    if (hopeless) log_not_taken(gifts->to, gifts->keys[gifts->next]);
    if (delivered || hopeless) {
        ++gifts->next;
        gifts->refused = 0;
    }
    give_later(gifts, delivered ? Duration::zero() : Duration{give_again_after});
}

void StoreSync::give_later(const std::shared_ptr<Gifts>& gifts, Duration pause) {
    const auto timer = std::make_shared<asio::steady_timer>(io_);
    timer->expires_after(pause);
    timer->async_wait([this, gifts, timer](const boost::system::error_code& error) {
        if (error || !open_) return;
        asio::post(workers_, [this, gifts] {
            const bool more = as_far_as_memory_allows(gifts->to, [&] { give(gifts); });
            if (!more) asio::post(io_, [this, gifts] { ended(*gifts); });
        });
    });
}

void StoreSync::want_nothing(std::optional<NodeId> from) {
    const std::lock_guard lock{wanted_mutex_};
    std::erase_if(wanted_, [&](const auto& entry) { return !from || entry.second.from == *from; });
}

// A put has been sent: whoever has another store and could not take it gets it as soon as it can.
void StoreSync::owe(const std::string& key, std::span<const NodeId> complete) {
    if (!open_) return;
    const auto leader = core_.leader();
    std::set<NodeId> others = foreign_;
    if (!leads() && leader_differs_ && leader) others.insert(leader->node);
    for (const NodeId node : others) {
        if (has(complete, node)) continue;
        owed_[node].insert(key);
        give_owed(node);
    }
}

void StoreSync::give_owed(NodeId to) {
    if (giving_.contains(to)) return;
    const auto owed = owed_.extract(to);
    if (!owed) return;
    giving_.insert(to);
    const auto& keys = owed.mapped();
    give_later(std::make_shared<Gifts>(Gifts{.to = to, .keys = {keys.begin(), keys.end()}, .owed = true}),
               give_again_after);
}

void StoreSync::ended(const Gifts& gifts) {
    if (!gifts.owed) return;
    giving_.erase(gifts.to);
    give_owed(gifts.to);
}

} // namespace cp::node
