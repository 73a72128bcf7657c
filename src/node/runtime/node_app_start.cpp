// NodeApp, its start: everything that can fail, in an order in which nothing is spent in vain.
#include "config/key_file.hpp"
#include "config/version.hpp"
#include "crypto/keys.hpp"
#include "files/entropy.hpp"
#include "files/wall_clock.hpp"
#include "net/priority.hpp"
#include "net/transport_options.hpp"
#include "node_app/core_config.hpp"
#include "node_app/node_app.hpp"
#include "pictures/spread.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace cp::node {

namespace asio = boost::asio;

namespace {

std::size_t worker_count() { return std::max(2U, std::thread::hardware_concurrency()); }

// The profile for schedulers that keep their word, else the next one, said in the log.
Config as_granted(Config config) {
    auto& election = config.election;
    const auto asked = heartbeat_of(ElectionProfile::realtime);
    if (election.profile != ElectionProfile::realtime || net::realtime_granted()) return config;
    log::log_event(log::Level::warn, "profile",
                   "no right to real-time scheduling: using profile fast (see docs/operations.md)");
    if (election.heartbeat_interval == asked)
        election.heartbeat_interval = heartbeat_of(ElectionProfile::fast);
    if (election.failure_timeout == failure_factor * asked)
        election.failure_timeout = failure_factor * heartbeat_of(ElectionProfile::fast);
    election.profile = ElectionProfile::fast;
    return config;
}

} // namespace

struct NodeApp::Parts {
    Config config;
    std::unique_ptr<asio::io_context> io;
    DataDir data;
    std::unique_ptr<store::ObjectStore> store;
    LoadedKey key;
    NodeConfig core;
    election::EpochReserve epochs;
    net::GroupTransport transport;
    std::optional<asio::ip::tcp::acceptor> link_port;
    net::LossFilter loss;
    std::optional<OpenedHttp> http;
};

Outcome<std::unique_ptr<NodeApp>> NodeApp::open(const NodeOptions& options, const Environment& environment) {
    const Config config = as_granted(options.config);
    auto home = open_node_home(config.node, environment);
    if (!home) return home.error();
    const auto key_file = key_path(config.node, environment);
    if (!key_file) return key_file.error();
    auto key = obtain_key(*key_file, loopback_only(config.network) || options.new_cluster);
    if (!key) return key.error();
    auto store = store::open_store(config.storage.store, environment);
    if (!store) return store.error();

    auto io = std::make_unique<asio::io_context>(1);
    const auto network = net::transport_options(config.network);
    if (!network) return network.error();
    auto transport = net::GroupTransport::open(io->get_executor(), *network);
    if (!transport) return transport.error();
    std::optional<asio::ip::tcp::acceptor> link_port;
    if (config.election.crash_link) {
        auto opened = open_link_port(*transport);
        if (!opened) return opened.error();
        link_port = std::move(*opened);
    }
    auto loss = net::LossFilter::from_environment();
    if (!loss) return loss.error();
    std::optional<OpenedHttp> http;
    if (config.http.listen.on) {
        auto opened = open_http(config, environment, key->key, *transport);
        if (!opened) return opened.error();
        http.emplace(std::move(*opened));
    }
    // Only now: an incarnation is spent when nothing else can fail any more.
    const auto incarnation = home->data.claim_incarnation(unix_seconds());
    if (!incarnation) return incarnation.error();
    const auto reserved = home->data.reserved_epoch();
    if (!reserved) return reserved.error();
    election::EpochReserve epochs{*reserved};
    if (const auto mark = epochs.due(*reserved)) {
        if (auto written = home->data.reserve_epoch(*mark); !written) return written.error();
        epochs.written(*mark);
    }

    NodeConfig core = core_config(config);
    core.id = home->id;
    core.incarnation = *incarnation;
    core.highest_seen.counter = *reserved;
    core.identity.key = key->key;
    core.identity.cluster = config.node.cluster;
    fill_random(core.identity.session.bytes);
    fill_random(core.identity.secret);
    core.version = version;
    core.api = http ? http->announced : std::string{};
    core.link_port = link_port ? link_port->local_endpoint().port() : std::uint16_t{0};
    core.segment_bytes = static_cast<std::uint32_t>(transport->datagram_size() - limits::data_overhead);
    core.receive_capacity = transport->receive_capacity(net::Channel::data);
    core.max_rate = config.network.max_bytes_per_second();
    fill_random(std::as_writable_bytes(std::span{&core.election.seed, 1}));

    return std::unique_ptr<NodeApp>{new NodeApp{Parts{
        config, std::move(io), std::move(home->data), std::move(*store), std::move(*key), std::move(core),
        epochs, std::move(*transport), std::move(link_port), std::move(*loss), std::move(http)}}};
}

NodeApp::NodeApp(Parts parts)
    : config_{std::move(parts.config)}, io_{std::move(parts.io)}, data_{std::move(parts.data)},
      store_{std::move(parts.store)}, core_config_{std::move(parts.core)}, epochs_{parts.epochs},
      core_{core_config_, net::now()}, driver_{std::move(parts.transport), core_, core_config_.identity,
                                               [this] { on_events(); }, std::move(parts.loss)},
      signals_{*io_, SIGINT, SIGTERM, SIGHUP}, load_timer_{*io_}, log_{core_config_.id},
      workers_{worker_count()}, store_workers_{2}, sync_{*store_, *io_, store_workers_, core_, driver_} {
    work_ = work_settings();
    if (parts.link_port) links_.emplace(std::move(*parts.link_port), core_config_, core_, driver_, log_);
    if (parts.http)
        http_.emplace(std::move(*parts.http), config_, core_config_.identity.key, *io_, core_, driver_,
                      sync_);
    if (parts.key.created)
        log::log_event(log::Level::info, "key_created", "made a cluster key: " + parts.key.path.string());
}

void NodeApp::announce_start() const {
    const auto& transport = driver_.transport();
    std::string interfaces;
    for (const auto& interface : transport.interfaces())
        interfaces += (interfaces.empty() ? "" : ",") + interface.name;
    const auto line = [](std::string_view event, const std::string& sentence) {
        log::log_event(log::Level::info, event, sentence);
    };
    line("starting", "CloudP2P " + std::string{version} + ": node " + to_text(core_config_.id) +
                         ", data in " + data_.path().string());
    line("network", "network: " + to_text(config_.network.control()) + " on " + interfaces + ", from " +
                        to_text(transport.local()));
    line("key",
         "cluster '" + config_.node.cluster + "', key fingerprint " + fingerprint(core_config_.identity.key));
    line("store", "store: " + store_->url());
    if (http_)
        log::log_event(log::Level::info, "http_listening", "HTTP API at " + http_->url(),
                       {{"address", http_->address()}});
    if (transport.buffers_capped())
        log::log_event(log::Level::warn, "buffers",
                       "small socket buffers slow uploads down: sysctl net.core.rmem_max=4194304");
}

WorkSettings NodeApp::work_settings() {
    WorkSettings settings;
    settings.store = &sync_;
    settings.keep_results = config_.tasks.keep_results;
    settings.pictures.limits = {config_.imaging.max_pixels, config_.imaging.max_side};
    settings.pictures.memory = std::uint64_t{config_.tasks.memory_budget_mib} << 20U;
    const auto helpers = static_cast<unsigned>(worker_count() - 1);
    settings.pictures.spread = pictures::spread_by(
        [this](std::function<void()> help) { asio::post(workers_, std::move(help)); }, helpers);
    settings.pictures.spoil = std::getenv("CLOUDP2P_TEST_SPOIL") != nullptr;
    return settings;
}

} // namespace cp::node
