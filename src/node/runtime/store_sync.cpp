#include "node_app/store_sync.hpp"

#include "base/overloaded.hpp"
#include "crypto/digest.hpp"
#include "log/log.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <chrono>
#include <new>

namespace cp::node {
namespace {

namespace asio = boost::asio;
using wire::StoreOp;

constexpr std::chrono::milliseconds delivered_within{
    500}; // then the caller goes on; the next comparison repairs

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

} // namespace

StoreSync::StoreSync(store::ObjectStore& own, asio::io_context& io, asio::thread_pool& workers,
                     NodeCore& core, net::CoreDriver& driver)
    : own_{own}, io_{io}, workers_{workers}, puts_{asio::make_strand(workers)}, core_{core}, driver_{driver} {
}

// --- protocol thread

void StoreSync::on_events(std::span<const NodeEvent> events) {
    const auto received = core_.take_stored(); // also where they are of no use: else they would pile up
    const auto ended = core_.take_delivered();
    if (own_.identity() == 0) return;
    for (const auto& stored : received) receive(stored);
    for (const auto& delivery : ended)
        if (const auto waiting = waiting_.extract(delivery.number)) waiting.mapped()->set_value();
    for (const auto& event : events)
        std::visit(Overloaded{
                       [&](const LeaderChanged& e) {
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
    replicating_ = open_ && leader && leader->node == core_.id() && !foreign_.empty();
}

void StoreSync::greet(std::optional<NodeId> to) { send({StoreOp::hello, own_.identity(), {}}, {}, to); }

void StoreSync::receive(const StoredObject& stored) {
    const auto object = wire::read_stored(stored.object);
    if (!object || object->header.store == own_.identity()) return; // the same folder: it is here already
    if (object->header.op ==
        StoreOp::offer) { // from now on it gets each put, so that nothing falls in between
        foreign_.insert(stored.from);
        count_foreign();
    }
    auto act = [this, stored] {
        try {
            act_on(stored.from, stored.object);
        } catch (const std::bad_alloc&) { // the next comparison repairs
            log::log_event(log::Level::error, "store_failed",
                           "no memory for the store of node " + to_text(stored.from),
                           {{"key", ""}, {"reason", cp::name(errc::busy)}});
        }
    };
    if (object->header.op == StoreOp::put)
        asio::post(puts_, std::move(act)); // in the order in which they came
    else
        asio::post(workers_, std::move(act));
}

void StoreSync::close() {
    open_ = false;
    replicating_ = false;
    for (auto& [number, done] : std::exchange(waiting_, {})) done->set_value();
}

// --- workers

void StoreSync::send(wire::StoredHeader header, ByteView body, std::optional<NodeId> to,
                     std::shared_ptr<std::promise<void>> done) {
    if (body.size() > wire::object_body_max) {
        log_not_sent(header.key);
        if (done) done->set_value();
        return;
    }
    Payload object = wire::make_object(wire::object_prefix(header), body);
    asio::post(io_, [this, object = std::move(object), to, done = std::move(done)] {
        if (!open_) {
            if (done) done->set_value();
            return;
        }
        driver_.call([&](TimePoint now, wire::Outbox& out) {
            const std::uint32_t number = core_.replicate(now, object, to, out);
            if (done) waiting_[number] = done;
        });
    });
}

Outcome<void> StoreSync::put(std::string_view key, ByteView bytes, store::PutIf condition) {
    const auto put = own_.put(key, bytes, condition);
    if (!put || !replicating_) return put;
    const auto done = std::make_shared<std::promise<void>>();
    auto delivered = done->get_future();
    send({StoreOp::put, own_.identity(), std::string{key}}, bytes, std::nullopt, done);
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
        if (const auto keys = store::decode_keys(body)) give(from, *keys);
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
    give(from, found.give);
    if (found.want.size() + found.give.size() > 0)
        log::log_event(log::Level::info, "store_compared",
                       "node " + to_text(from) + " gets " + std::to_string(found.give.size()) +
                           " objects and sends " + std::to_string(found.want.size()),
                       {{"member", from}, {"given", found.give.size()}, {"wanted", found.want.size()}});
}

void StoreSync::give(NodeId to, const std::vector<std::string>& keys) {
    for (const std::string& key : keys) {
        const auto info = own_.head(key);
        if (!info || info->bytes > wire::object_body_max) continue; // deleted meanwhile, or told already
        const auto bytes = own_.get(key, sendable);
        if (!bytes) continue;
        // One after another, so that a large store fills no memory.
        const auto done = std::make_shared<std::promise<void>>();
        auto delivered = done->get_future();
        send({StoreOp::put, own_.identity(), key}, bytes->view(), to, done);
        (void)delivered.wait_for(delivered_within);
    }
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
