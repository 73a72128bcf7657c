#include "node_app/store_sync.hpp"

#include "base/overloaded.hpp"
#include "crypto/digest.hpp"
#include "log/log.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <new>

namespace cp::node {
namespace {

namespace asio = boost::asio;
using wire::StoreOp;

constexpr std::chrono::milliseconds delivered_within{
    500}; // then the caller goes on; the next comparison repairs
// Whoever has no room now has it when it has stored what it got.
constexpr std::chrono::milliseconds give_again_after{500};
constexpr int give_at_most = 120; // times: for a minute

std::uint64_t modified_ns(const store::ObjectInfo& info) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, info.modified_unix_s)) * 1'000'000'000U +
           info.modified_ns;
}

std::uint64_t short_digest(ByteView bytes) { return ByteReader{sha256(bytes)}.u64(); }

// The owner of a folder may put anything there: of what is too large just so much is read that it shows.
constexpr store::ByteRange sendable{0, wire::object_body_max + 1};

void log_not_sent(const std::string& key) {
    log::log_event(log::Level::error, "store_failed",
                   (key.empty() ? "the list of all objects" : key) + " stays on this node: more than the " +
                       std::to_string(wire::object_body_max) + " bytes that nodes send one another",
                   {{"key", key}, {"reason", cp::name(errc::too_large)}});
}

// Runs on a worker; without memory it is left out: the next comparison repairs.
template <class Work>
auto as_far_as_memory_allows(NodeId from, Work work) {
    return [from, work = std::move(work)] {
        try {
            work();
        } catch (const std::bad_alloc&) {
            log::log_event(log::Level::error, "store_failed",
                           "no memory for the store of node " + to_text(from),
                           {{"key", ""}, {"reason", cp::name(errc::busy)}});
        }
    };
}

} // namespace

StoreSync::StoreSync(store::ObjectStore& own, asio::io_context& io, asio::thread_pool& workers,
                     NodeCore& core, net::CoreDriver& driver)
    : own_{own}, io_{io}, workers_{workers}, puts_{asio::make_strand(workers)}, core_{core}, copies_{io, core,
                                                                                                     driver} {
}

// --- protocol thread

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
                           if (e.leader == core_.id()) greet(std::nullopt);
                       },
                       [&](const MemberJoined& e) {
                           const auto leader = core_.leader();
                           if (leader && leader->node == core_.id()) greet(e.node);
                       },
                       [&](const MemberLost& e) { foreign_.erase(e.node); },
                       [](const auto&) {},
                   },
                   event);
    if (!events.empty()) count_foreign();
}

void StoreSync::count_foreign() {
    const auto leader = core_.leader();
    const bool leads = leader && leader->node == core_.id();
    replicating_ = open_ && (leads ? !foreign_.empty() : leader_differs_);
}

void StoreSync::greet(std::optional<NodeId> to) { send({StoreOp::hello, own_.identity(), {}}, {}, to); }

void StoreSync::receive(const StoredObject& stored) {
    const auto object = wire::read_stored(stored.object);
    const auto leader = core_.leader();
    if (object && object->header.op == StoreOp::hello && leader && leader->node == stored.from) {
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
    auto work = as_far_as_memory_allows(stored.from, [this, stored] { act_on(stored.from, stored.object); });
    auto act = [this, stored, work = std::move(work)] {
        work();
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

// --- workers

void StoreSync::send(wire::StoredHeader header, ByteView body, std::optional<NodeId> to,
                     StoreCopies::Delivered done) {
    if (body.size() > wire::object_body_max) {
        log_not_sent(header.key);
        if (done) asio::post(io_, [done = std::move(done)] { done({}); });
        return;
    }
    copies_.send(header, body, to, std::move(done));
}

Outcome<void> StoreSync::put(std::string_view key, ByteView bytes, store::PutIf condition) {
    const auto done = std::make_shared<std::promise<void>>();
    auto delivered = done->get_future();
    std::unique_lock order{in_order(key)};
    const auto put = own_.put(key, bytes, condition);
    if (!put || !replicating_) return put;
    send({StoreOp::put, own_.identity(), std::string{key}}, bytes, std::nullopt,
         [done](std::span<const NodeId>) { done->set_value(); });
    order.unlock();
    (void)delivered.wait_for(delivered_within);
    return put;
}

void StoreSync::act_on(NodeId from, const Payload& object) {
    const auto stored = wire::digest_matches(object.view())
                            ? wire::read_stored(object)
                            : Result<wire::Object<wire::StoredHeader>>{errc::damaged};
    if (!stored) return;
    const ByteView body = stored->body.view();
    switch (stored->header.op) {
    case StoreOp::hello: return send({StoreOp::offer, own_.identity(), {}}, store::encode(inventory()), from);
    case StoreOp::offer:
        if (const auto theirs = store::decode_inventory(body)) compare_with(from, *theirs);
        return;
    case StoreOp::want:
        if (const auto keys = store::decode_keys(body)) give(std::make_shared<Gifts>(Gifts{from, *keys}));
        return;
    case StoreOp::put:
        if (const auto put = own_.put(stored->header.key, body, store::PutIf::any); !put)
            log::log_event(log::Level::error, "store_failed", put.error().line,
                           {{"key", stored->header.key}, {"reason", cp::name(put.error().code)}});
        return;
    }
}

void StoreSync::compare_with(NodeId from, const store::Inventory& theirs) {
    const auto found = store::compare(inventory(), theirs);
    if (!found.want.empty()) send({StoreOp::want, own_.identity(), {}}, store::encode(found.want), from);
    give(std::make_shared<Gifts>(Gifts{from, found.give}));
    if (found.want.size() + found.give.size() > 0)
        log::log_event(log::Level::info, "store_compared",
                       "node " + to_text(from) + " gets " + std::to_string(found.give.size()) +
                           " objects and sends " + std::to_string(found.want.size()),
                       {{"member", from}, {"given", found.give.size()}, {"wanted", found.want.size()}});
}

void StoreSync::give(const std::shared_ptr<Gifts>& gifts) {
    for (; gifts->next < gifts->keys.size(); ++gifts->next) {
        const std::string& key = gifts->keys[gifts->next];
        const std::lock_guard order{in_order(key)};
        const auto info = own_.head(key);
        if (!info || info->bytes > wire::object_body_max) continue; // deleted meanwhile, or told already
        const auto bytes = own_.get(key, sendable);
        if (!bytes) continue;
        return send({StoreOp::put, own_.identity(), key}, bytes->view(), gifts->to,
                    [this, gifts](std::span<const NodeId> complete) {
                        given(gifts, std::ranges::find(complete, gifts->to) != complete.end());
                    });
    }
}

void StoreSync::given(const std::shared_ptr<Gifts>& gifts, bool delivered) {
    const auto* member = core_.members().find(gifts->to);
    if (!open_ || member == nullptr || member->state == wire::MemberState::gone) return;
    const bool hopeless = !delivered && ++gifts->refused >= give_at_most;
    if (hopeless)
        log::log_event(log::Level::error, "store_failed",
                       "node " + to_text(gifts->to) + " does not take " + gifts->keys[gifts->next],
                       {{"key", gifts->keys[gifts->next]}, {"reason", cp::name(errc::busy)}});
    if (delivered || hopeless) {
        ++gifts->next;
        gifts->refused = 0;
    }
    const auto timer = std::make_shared<asio::steady_timer>(io_);
    timer->expires_after(delivered ? std::chrono::milliseconds{} : give_again_after);
    timer->async_wait([this, gifts, timer](const boost::system::error_code& error) {
        if (!error && open_)
            asio::post(workers_, as_far_as_memory_allows(gifts->to, [this, gifts] { give(gifts); }));
    });
}

store::Inventory StoreSync::inventory() {
    store::Inventory out;
    for (std::string after;;) {
        const auto page = own_.list({}, after);
        if (!page || page->empty()) return out;
        after = page->back().key;
        for (const auto& info : *page)
            if (const auto digest = digest_of(info))
                out.emplace(info.key, store::Version{modified_ns(info), *digest});
    }
}

std::optional<std::uint64_t> StoreSync::digest_of(const store::ObjectInfo& info) {
    const std::lock_guard lock{digests_mutex_};
    auto& [etag, digest] = digests_[info.key];
    if (etag == info.etag) return digest;
    if (info.bytes > wire::object_body_max) {
        log_not_sent(info.key);
        digest = info.bytes; // listed all the same: what seems to be missing here would be replaced
    } else {
        const auto bytes = own_.get(info.key, sendable);
        if (!bytes || bytes->size() != info.bytes) return {}; // changed since it was listed
        digest = short_digest(bytes->view());
    }
    etag = info.etag;
    return digest;
}

} // namespace cp::node
