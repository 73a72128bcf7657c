// StoreSync, on the workers: puts, comparisons, what is given.
#include "crypto/digest.hpp"
#include "log/log.hpp"
#include "node_app/store_sync.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <future>

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

void StoreSync::send(wire::StoredHeader header, ByteView body, std::optional<NodeId> to,
                     StoreCopies::Delivered done) {
    if (body.size() > wire::object_body_max) {
        log_not_sent(header.key);
        if (done) asio::post(io_, [done = std::move(done)] { done({}); });
        return;
    }
    copies_.send(header, body, to, std::move(done));
}

void StoreSync::ask(Question question) {
    if (question.body.size() > wire::object_body_max) return log_not_sent({});
    const auto kept = std::make_shared<const Question>(std::move(question));
    send({kept->op, own_.identity(), {}}, kept->body, kept->to,
         [this, kept](std::span<const NodeId> complete) { asked(*kept, complete); });
}

Outcome<void> StoreSync::put(std::string_view key, ByteView bytes, store::PutIf condition) {
    const auto done = std::make_shared<std::promise<void>>();
    auto delivered = done->get_future();
    std::unique_lock order{in_order(key), std::defer_lock};
    if (own_.identity() != 0) order.lock(); // else nothing is ever sent
    const auto put = own_.put(key, bytes, condition);
    if (!put || !replicating_) return put;
    send({StoreOp::put, own_.identity(), std::string{key}}, bytes, std::nullopt,
         [this, done, key = std::string{key}](std::span<const NodeId> complete) {
             done->set_value();
             owe(key, complete);
         });
    order.unlock();
    (void)delivered.wait_for(delivered_within);
    return put;
}

void StoreSync::act_on(NodeId from, bool leader, const Payload& object) {
    const auto stored = wire::digest_matches(object.view())
                            ? wire::read_stored(object)
                            : Result<wire::Object<wire::StoredHeader>>{errc::damaged};
    if (!stored) return;
    const ByteView body = stored->body.view();
    switch (stored->header.op) {
    case StoreOp::hello: return ask({.op = StoreOp::offer, .body = store::encode(inventory()), .to = from});
    case StoreOp::offer:
        if (const auto theirs = store::decode_inventory(body)) compare_with(from, *theirs);
        return;
    case StoreOp::want:
        if (const auto keys = store::decode_keys(body))
            give(std::make_shared<Gifts>(Gifts{.to = from, .keys = *keys}));
        return;
    case StoreOp::put: return take_in(from, leader, stored->header.key, body);
    }
}

// Nothing: it is not to be taken, because a newer version is on its way from another node. The leader's word
// counts as it comes. What was asked for is taken only while here is what was here then: a version that a
// client has put meanwhile is newer, and is on its way to them already.
std::optional<store::PutIf> StoreSync::condition_of(NodeId from, const std::string& key, std::string& etag) {
    const std::lock_guard lock{wanted_mutex_};
    const auto wanted = wanted_.find(key);
    if (wanted == wanted_.end()) return store::PutIf::any;
    if (wanted->second.from != from) return std::nullopt;
    etag = std::move(wanted->second.here);
    wanted_.erase(wanted);
    return etag.empty() ? store::PutIf::absent : store::PutIf::unchanged(etag);
}

void StoreSync::take_in(NodeId from, bool leader, const std::string& key, ByteView bytes) {
    std::string etag;
    const auto condition = leader ? store::PutIf::any : condition_of(from, key, etag);
    if (!condition) return;
    const auto put = own_.put(key, bytes, *condition);
    const bool newer_here = !put && condition->kind != store::PutIf::Kind::any &&
                            (put.error().code == errc::exists || put.error().code == errc::conflict);
    if (put || newer_here) return;
    log::log_event(log::Level::error, "store_failed", put.error().line,
                   {{"key", key}, {"reason", cp::name(put.error().code)}});
}

// Those of the keys that nobody else is known to have newer.
std::vector<std::string> StoreSync::want(NodeId from, const store::Inventory& theirs,
                                         const std::vector<std::string>& keys, const Etags& here) {
    std::vector<std::string> wanted;
    const std::lock_guard lock{wanted_mutex_};
    for (const auto& key : keys) {
        const std::uint64_t modified = theirs.at(key).modified;
        const auto known = wanted_.find(key);
        if (known != wanted_.end() && known->second.from != from && known->second.modified >= modified)
            continue;
        wanted_[key] = {from, modified, here.contains(key) ? here.at(key) : std::string{}};
        wanted.push_back(key);
    }
    return wanted;
}

void StoreSync::compare_with(NodeId from, const store::Inventory& theirs) {
    Etags here;
    const auto found = store::compare(inventory(&here), theirs);
    const auto wanted = want(from, theirs, found.want, here);
    if (!wanted.empty()) ask({.op = StoreOp::want, .body = store::encode(wanted), .to = from});
    give(std::make_shared<Gifts>(Gifts{.to = from, .keys = found.give}));
    if (wanted.size() + found.give.size() > 0)
        log::log_event(log::Level::info, "store_compared",
                       "node " + to_text(from) + " gets " + std::to_string(found.give.size()) +
                           " objects and sends " + std::to_string(wanted.size()),
                       {{"member", from}, {"given", found.give.size()}, {"wanted", wanted.size()}});
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
                    [this, gifts](std::span<const NodeId> complete) { given(gifts, complete); });
    }
    asio::post(io_, [this, gifts] { ended(*gifts); });
}

store::Inventory StoreSync::inventory(Etags* etags) {
    store::Inventory out;
    for (std::string after;;) {
        const auto page = own_.list({}, after);
        if (!page || page->empty()) return out;
        after = page->back().key;
        for (const auto& info : *page)
            if (const auto digest = digest_of(info)) {
                out.emplace(info.key, store::Version{modified_ns(info), *digest});
                if (etags != nullptr) etags->emplace(info.key, info.etag);
            }
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
