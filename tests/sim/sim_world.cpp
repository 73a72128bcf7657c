#include "sim_world.hpp"

#include "base/check.hpp"
#include "sim_host.hpp"

#include <algorithm>

namespace cp::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t link_port = 4001;

ClusterKey sim_key() {
    ClusterKey key;
    std::ranges::fill(key.bytes, std::byte{0x5a});
    return key;
}

} // namespace

SimWorld::SimWorld(const WorldOptions& options)
    : options_{options}, rng_{options.seed}, network_{options.network, rng_, now_},
      scratch_(limits::datagram_max) {
    now_ += 1h; // time zero is nobody's boot
}
SimWorld::~SimWorld() = default;

// --- hosts come and go

HostId SimWorld::add_node(NodeId id) {
    auto host = std::make_unique<Host>();
    host->node_id = id;
    return add(std::move(host));
}

HostId SimWorld::add_client() {
    auto host = std::make_unique<Host>();
    host->client_id = {rng_.next()};
    return add(std::move(host));
}

HostId SimWorld::add(std::unique_ptr<Host> host) {
    host->id = hosts_.size();
    host->endpoint = {0x0a000001U + static_cast<std::uint32_t>(host->id), 4000};
    if (options_.clock_spread > Duration::zero() || options_.clock_ppm > 0)
        host->clock = HostClock{now_, rng_.between(Duration::zero(), options_.clock_spread),
                                (2 * rng_.unit() - 1) * options_.clock_ppm};
    hosts_.push_back(std::move(host));
    boot(*hosts_.back());
    return hosts_.size() - 1;
}

void SimWorld::boot(Host& host) {
    host.powered_off = false;
    host.life = ++lives_;
    host.out = {};
    host.armed = never;
    host.unsteady_until = now_;
    wire::Identity identity;
    identity.session = host.session = draw_session();
    identity.key = sim_key();
    for (auto& byte : identity.secret) byte = static_cast<std::byte>(rng_.below(256));
    host.sealer = std::make_unique<wire::Sealer>(identity);
    const TimePoint now = host.clock.at(now_);
    if (host.node_id) {
        boot_node(host, identity);
    } else {
        client::ClientConfig config;
        config.identity = identity;
        config.version = "sim";
        config.receive_capacity = 425'984;
        host.client = std::make_unique<client::ClientCore>(config, now);
        host.client->start(now, host.out);
    }
    after_call(host);
}

void SimWorld::boot_node(Host& host, const wire::Identity& identity) {
    const bool first = std::exchange(host.disk_empty, false) && options_.unix_seconds != 0;
    host.incarnation = first ? unix_now() : host.incarnation + 1;
    node::NodeConfig config;
    config.id = host.node_id;
    config.incarnation = host.incarnation;
    config.highest_seen.counter = host.epochs.durable();
    config.identity = identity;
    config.version = "sim";
    config.memory_budget = options_.memory_budget;
    config.receive_capacity = 425'984;
    config.dispatch = options_.dispatch;
    if (options_.crash_link) config.link_port = link_port;
    if (options_.configure) options_.configure(config);
    const TimePoint now = host.clock.at(now_);
    host.node = std::make_unique<node::NodeCore>(config, now);
    host.node->start(now, host.out);
}

void SimWorld::end(Host& host) {
    if (on_death) on_death(host.id);
    if (host.node && !options_.reserve_epochs) host.epochs.written(host.node->highest_counter());
    host.epochs = election::EpochReserve{host.epochs.durable()};
    host.node.reset();
    host.client.reset();
    host.link.reset();
    host.stalled = false;
    host.stalled_until = {};
    host.waiting.clear();
    for (auto& socket : host.sockets) (void)socket.take();
    host.pulling = false;
    host.life = ++lives_;
    ++host.alarm;
    ++host.link_number;
    ++host.knock_number;
    host.knocking = false;
}

void SimWorld::crash(HostId id, Death death) {
    Host& host = *hosts_[id];
    if (death == Death::killed && host.node) break_links(host);
    end(host);
    host.powered_off = death == Death::power;
}

void SimWorld::restart(HostId id, Disk disk) {
    Host& host = *hosts_[id];
    CP_CHECK(!host.up());
    if (disk == Disk::lost) {
        host.disk_empty = true;
        host.epochs = election::EpochReserve{0};
        ++host.disk;
    }
    boot(host);
}

void SimWorld::leave(HostId id) {
    Host& host = *hosts_[id];
    if (host.stalled) resume(host); // a stopped process gets the signal when it goes on
    const TimePoint now = host.clock.at(now_);
    if (host.node) host.node->leave(now, host.out);
    if (host.client) host.client->leave(now, host.out);
    after_call(host);
    crash(id);
}

// --- stalls and clocks

void SimWorld::stall(HostId id, Duration duration) {
    Host& host = *hosts_[id];
    if (!host.up()) return;
    host.stalled = true;
    host.stalled_until = std::max(host.stalled_until, now_ + duration);
    host.unsteady_until = host.stalled_until;
    schedule(duration, [this, &host, life = host.life] {
        if (host.life == life && host.stalled && now_ >= host.stalled_until) resume(host);
    });
}

// As the driver's turn: the sockets in order of importance, then what other threads and links have brought,
// then the timers that are overdue.
void SimWorld::resume(Host& host) {
    host.stalled = false;
    host.unsteady_until = now_;
    const auto life = host.life;
    for (const wire::Lane lane : {wire::Lane::control, wire::Lane::unicast, wire::Lane::data})
        for (const auto& datagram : host.sockets[static_cast<std::size_t>(lane)].take())
            open(host, *datagram);
    for (const auto& act : std::exchange(host.waiting, {}))
        if (host.life == life) act();
    if (host.life == life) on_deadline(host);
}

void SimWorld::filter_data(HostId id) { hosts_[id]->data_filtered = true; }

void SimWorld::when_awake(Host& host, std::function<void()> act) {
    if (host.stalled)
        host.waiting.push_back(std::move(act));
    else
        act();
}

void SimWorld::step_clock(HostId id, Duration forward) {
    Host& host = *hosts_[id];
    if (!host.up()) return;
    host.clock.step(forward);
    stepped_ = now_;
    host.unsteady_until = std::max(host.unsteady_until, now_);
    if (!host.stalled) on_deadline(host);
}

// --- requests

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
    host.client->submit(host.clock.at(now_), header.task,
                        wire::make_object(wire::object_prefix(header), body), body.size(), host.out);
    after_call(host);
    return header.task;
}

void SimWorld::acknowledge(HostId id, const TaskId& task) {
    Host& host = *hosts_[id];
    when_awake(host, [this, &host, task] {
        if (!host.client) return;
        host.client->acknowledge(task, host.out);
        after_call(host);
    });
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

// --- time

void SimWorld::run_for(Duration d) {
    run_until([] { return false; }, d);
}

bool SimWorld::run_until(const std::function<bool()>& condition, Duration at_most) {
    const TimePoint end = now_ + at_most;
    if (condition()) return true;
    while (!queue_.empty() && queue_.next() <= end) {
        now_ = std::max(now_, queue_.next());
        Happening next = queue_.pop();
        happen(next);
        if (condition()) return true;
    }
    now_ = end;
    return condition();
}

void SimWorld::schedule(Duration after, Happening what) { queue_.push(now_ + after, std::move(what)); }

void SimWorld::happen(Happening& what) {
    if (const auto* arrival = std::get_if<Arrival>(&what))
        arrive(*arrival);
    else if (const auto* alarm = std::get_if<Alarm>(&what))
        ring(*alarm);
    else
        std::get<std::function<void()>>(what)();
}

// --- views

node::NodeCore* SimWorld::node(HostId id) { return hosts_[id]->node.get(); }
client::ClientCore* SimWorld::client(HostId id) { return hosts_[id]->client.get(); }
bool SimWorld::stalled(HostId id) const { return hosts_[id]->stalled; }
std::uint64_t SimWorld::incarnation(HostId id) const { return hosts_[id]->incarnation; }
std::uint64_t SimWorld::life(HostId id) const { return hosts_[id]->life; }
std::uint64_t SimWorld::disk(HostId id) const { return hosts_[id]->disk; }

std::uint64_t SimWorld::unix_now() const {
    const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now_.time_since_epoch());
    return options_.unix_seconds + static_cast<std::uint64_t>(passed.count());
}
bool SimWorld::may_lose_disk(HostId id) const {
    return options_.unix_seconds != 0 && unix_now() > hosts_[id]->incarnation;
}

HostId SimWorld::host_of(NodeId id) const {
    const auto found = std::ranges::find_if(hosts_, [&](const auto& host) { return host->node_id == id; });
    CP_CHECK(found != hosts_.end());
    return (*found)->id;
}

bool SimWorld::steady(HostId id, Duration lately) const {
    const Host& host = *hosts_[id];
    return host.up() && !host.stalled && now_ - host.unsteady_until >= lately;
}

bool SimWorld::in_touch(HostId a, HostId b, Duration lately) const {
    return steady(a, lately) && steady(b, lately) && network_.sound(a, b, lately);
}

std::optional<NodeId> SimWorld::common_leader() {
    std::optional<NodeId> common;
    for (const auto& host : hosts_) {
        if (!host->node) continue;
        const auto leader = host->node->leader();
        if (!leader || (common && *common != leader->node)) return std::nullopt;
        common = leader->node;
    }
    if (!common) return std::nullopt;
    const Host& leader = *hosts_[host_of(*common)];
    return leader.node && leader.node->serving() ? common : std::nullopt;
}

SessionId SimWorld::draw_session() {
    SessionId session;
    for (auto& byte : session.bytes) byte = static_cast<std::byte>(rng_.below(256));
    return session;
}

} // namespace cp::sim
