#include "sim_world.hpp"

#include "base/check.hpp"

#include <algorithm>

namespace cp::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t pull_at_once = 32; // what a socket takes before the host turns to its inputs again
constexpr auto pull_again_after = 100us;

ClusterKey sim_key() {
    ClusterKey key;
    std::ranges::fill(key.bytes, std::byte{0x5a});
    return key;
}

} // namespace

struct SimWorld::Host {
    HostId id = 0;
    Endpoint endpoint;
    NodeId node_id; // 0: a client
    std::uint64_t incarnation = 0;
    std::uint64_t life = 0; // counts boots: what is under way to an earlier life does not arrive
    Epoch highest_seen;
    std::unique_ptr<node::NodeCore> node;
    std::unique_ptr<client::ClientCore> client;
    std::unique_ptr<wire::Sealer> sealer;
    wire::Outbox out;
    TimePoint armed = never;
    bool pulling = false;
    std::uint32_t next_task = 1;
    ClientId client_id;

    [[nodiscard]] bool up() const { return node || client; }
    template <class F>
    auto core(F f) {
        return node ? f(*node) : f(*client);
    }
};

SimWorld::SimWorld(const WorldOptions& options)
    : options_{options}, rng_{options.seed}, network_{options.network, rng_} {
    now_ += 1h; // time zero is nobody's boot
}
SimWorld::~SimWorld() = default;

HostId SimWorld::add_node(NodeId id) {
    auto host = std::make_unique<Host>();
    host->id = hosts_.size();
    host->endpoint = {0x0a000001U + static_cast<std::uint32_t>(host->id), 4000};
    host->node_id = id;
    hosts_.push_back(std::move(host));
    boot(*hosts_.back());
    return hosts_.size() - 1;
}

HostId SimWorld::add_client() {
    auto host = std::make_unique<Host>();
    host->id = hosts_.size();
    host->endpoint = {0x0a000001U + static_cast<std::uint32_t>(host->id), 4000};
    host->client_id = {rng_.next()};
    hosts_.push_back(std::move(host));
    boot(*hosts_.back());
    return hosts_.size() - 1;
}

void SimWorld::boot(Host& host) {
    ++host.life;
    host.out = {};
    host.armed = never;
    wire::Identity identity;
    identity.session = draw_session();
    identity.key = sim_key();
    for (auto& byte : identity.secret) byte = static_cast<std::byte>(rng_.below(256));
    host.sealer = std::make_unique<wire::Sealer>(identity);
    if (host.node_id) {
        node::NodeConfig config;
        config.id = host.node_id;
        config.incarnation = ++host.incarnation;
        config.highest_seen = host.highest_seen;
        config.identity = identity;
        config.version = "sim";
        config.memory_budget = options_.memory_budget;
        config.receive_capacity = 425'984;
        host.node = std::make_unique<node::NodeCore>(config, now_);
        host.node->start(now_, host.out);
    } else {
        client::ClientConfig config;
        config.identity = identity;
        config.version = "sim";
        config.receive_capacity = 425'984;
        host.client = std::make_unique<client::ClientCore>(config, now_);
        host.client->start(now_, host.out);
    }
    after_call(host);
}

void SimWorld::crash(HostId id) {
    Host& host = *hosts_[id];
    if (host.node) host.highest_seen.counter = host.node->highest_counter(); // what the disk keeps
    host.node.reset();
    host.client.reset();
    ++host.life;
}

void SimWorld::restart(HostId id) {
    CP_CHECK(!hosts_[id]->up());
    boot(*hosts_[id]);
}

void SimWorld::leave(HostId id) {
    Host& host = *hosts_[id];
    if (host.node) host.node->leave(now_, host.out);
    if (host.client) host.client->leave(now_, host.out);
    after_call(host);
    crash(id);
}

TaskId SimWorld::upload(HostId id, std::size_t bytes) {
    Host& host = *hosts_[id];
    wire::TaskHeader header;
    header.task = {host.client_id, host.next_task++};
    header.user = "alice";
    header.name = "photo.png";
    for (auto& byte : header.seed) byte = static_cast<std::byte>(rng_.below(256));
    Bytes body(bytes);
    for (auto& byte : body) byte = static_cast<std::byte>(rng_.below(256));
    header.reply_to = host.client->session();
    host.client->submit(now_, header.task, wire::make_object(wire::object_prefix(header), body), host.out);
    after_call(host);
    return header.task;
}

void SimWorld::acknowledge(HostId id, const TaskId& task) {
    Host& host = *hosts_[id];
    if (!host.client) return;
    host.client->acknowledge(now_, task, host.out);
    after_call(host);
}

Payload SimWorld::work(const TaskId& id, const Payload& object) {
    CP_CHECK(wire::digest_matches(object.view()));
    const auto upload = wire::read_upload(object);
    CP_CHECK(upload.has_value());
    Bytes body(upload->body.size());
    std::ranges::transform(upload->body.view(), body.begin(),
                           [&](std::byte b) { return b ^ upload->header.seed[0] ^ std::byte{0xa5}; });
    return wire::make_object(wire::object_prefix(wire::ResultHeader{id, {}}), body);
}

void SimWorld::run_for(Duration d) {
    run_until([] { return false; }, d);
}

bool SimWorld::run_until(const std::function<bool()>& condition, Duration at_most) {
    const TimePoint end = now_ + at_most;
    if (condition()) return true;
    while (!queue_.empty() && queue_.top().at <= end) {
        const Happening next = queue_.top();
        queue_.pop();
        now_ = std::max(now_, next.at);
        next.act();
        if (on_step) on_step();
        if (condition()) return true;
    }
    now_ = end;
    return condition();
}

void SimWorld::schedule(Duration after, std::function<void()> act) {
    queue_.push({now_ + after, ++order_, std::move(act)});
}

// The driver's turn: send what the core wants sent, take its events, pull bulk, sleep until its deadline.
void SimWorld::after_call(Host& host) {
    for (;;) {
        drain(host);
        if (!host.up()) return;
        if (host.node) {
            const auto events = host.node->take_events();
            (void)host.node->take_discarded();
            for (const auto& event : events) {
                if (on_node_event) on_node_event(host.id, event);
                act_on(host, event);
            }
        } else {
            const auto events = host.client->take_events();
            for (const auto& event : events)
                if (on_client_event) on_client_event(host.id, event);
        }
        if (host.out.empty()) break;
    }
    if (!host.pulling) {
        const auto pulled = host.core([&](auto& core) { return core.pull(now_, pull_at_once, host.out); });
        drain(host);
        if (pulled > 0) {
            host.pulling = true;
            schedule(pull_again_after, [this, &host, life = host.life] {
                host.pulling = false;
                if (host.life == life && host.up()) after_call(host);
            });
        }
    }
    arm(host);
}

void SimWorld::drain(Host& host) {
    Bytes buffer(limits::datagram_max);
    for (const auto& item : host.out.items()) {
        const std::size_t size = host.sealer->seal(item, buffer);
        deliver(host, Bytes(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size)), item);
    }
    host.out.clear();
}

void SimWorld::deliver(Host& from, const Bytes& datagram, const wire::Outgoing& item) {
    std::optional<Endpoint> only;
    if (item.lane == wire::Lane::unicast) {
        only = from.core([&](auto& core) { return core.endpoint(item.to); });
        if (!only) return;
    }
    for (const auto& to : hosts_) {
        if (to->id == from.id || !to->up()) continue;
        if (only && *only != to->endpoint) continue;
        if (item.lane == wire::Lane::data && !to->node) continue; // clients do not join the data group
        for (const Duration delay : network_.deliveries(from.id, to->id))
            schedule(delay, [this, id = to->id, life = to->life, datagram, endpoint = from.endpoint] {
                arrive(id, life, datagram, endpoint);
            });
    }
}

void SimWorld::arrive(HostId id, std::uint64_t life, const Bytes& datagram, const Endpoint& from) {
    Host& host = *hosts_[id];
    if (!host.up() || host.life != life) return;
    Bytes copy = datagram; // opened in place
    host.core([&](auto& core) { core.on_datagram(now_, copy, from, host.out); });
    after_call(host);
}

void SimWorld::arm(Host& host) {
    const TimePoint deadline = host.core([](auto& core) { return core.deadline(); });
    if (deadline == never || (host.armed != never && host.armed <= deadline)) return;
    host.armed = deadline;
    const Duration after = std::max<Duration>(deadline > now_ ? deadline - now_ : 0ns, 1us);
    schedule(after, [this, &host, life = host.life] {
        if (host.life != life || !host.up()) return;
        host.armed = never;
        host.core([&](auto& core) {
            if (now_ >= core.deadline()) core.on_deadline(now_, host.out);
        });
        after_call(host);
    });
}

void SimWorld::act_on(Host& host, const node::NodeEvent& event) {
    const auto* run = std::get_if<node::RunTask>(&event);
    if (run == nullptr) return;
    schedule(rng_.between(options_.work_min, options_.work_max),
             [this, &host, life = host.life, id = run->task, upload = run->upload] {
                 if (host.life != life || !host.node) return;
                 host.node->on_work_done(now_, id, work(id, upload), host.out);
                 after_call(host);
             });
}

node::NodeCore* SimWorld::node(HostId id) { return hosts_[id]->node.get(); }
client::ClientCore* SimWorld::client(HostId id) { return hosts_[id]->client.get(); }

HostId SimWorld::host_of(NodeId id) const {
    const auto found = std::ranges::find_if(hosts_, [&](const auto& host) { return host->node_id == id; });
    CP_CHECK(found != hosts_.end());
    return (*found)->id;
}

std::optional<NodeId> SimWorld::common_leader() {
    std::optional<NodeId> common;
    for (const auto& host : hosts_) {
        if (!host->node) continue;
        const auto leader = host->node->leader();
        if (!leader || (common && *common != leader->node)) return std::nullopt;
        common = leader->node;
    }
    if (common && !(hosts_[host_of(*common)]->node && hosts_[host_of(*common)]->node->serving()))
        return std::nullopt;
    return common;
}

SessionId SimWorld::draw_session() {
    SessionId session;
    for (auto& byte : session.bytes) byte = static_cast<std::byte>(rng_.below(256));
    return session;
}

} // namespace cp::sim
