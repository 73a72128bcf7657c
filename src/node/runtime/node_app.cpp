#include "node_app/node_app.hpp"

#include "config/key_file.hpp"
#include "config/version.hpp"
#include "crypto/keys.hpp"
#include "files/entropy.hpp"
#include "net/priority.hpp"
#include "net/transport_options.hpp"
#include "node_app/core_config.hpp"
#include "node_app/task_work.hpp"
#include "pictures/spread.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <variant>

namespace cp::node {

namespace asio = boost::asio;

namespace {

constexpr auto no_error = asio::as_tuple(asio::use_awaitable);

std::size_t worker_count() { return std::max(2U, std::thread::hardware_concurrency()); }

std::uint64_t unix_seconds() {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
            .count());
}

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

std::uint8_t whole(double percent) {
    return static_cast<std::uint8_t>(std::clamp(percent, 0.0, 100.0) + 0.5);
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

int NodeApp::run() {
    log::set_node(core_config_.id);
    const std::string priority = net::prefer_this_thread(); // the workers have started and keep theirs
    announce_start();
    const auto rethrow = [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    };
    asio::co_spawn(*io_, driver_.run(), rethrow);
    asio::co_spawn(*io_, watch_signals(), rethrow);
    asio::co_spawn(*io_, measure_load(), rethrow);
    if (links_) links_->start();
    if (http_) http_->start();
    driver_.call([this](TimePoint now, wire::Outbox& out) { core_.start(now, out); });
    log::log_event(log::Level::info, "started", "All systems operational!",
                   {{"incarnation", core_config_.incarnation}, {"priority", priority}});
    io_->run();
    store_->abort(); // workers that wait for a store of others are joined below
    sync_.close();
    if (http_) http_->stop();
    store_workers_.stop();
    store_workers_.join();
    workers_.stop();
    workers_.join();
    return exit_code_;
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

void NodeApp::on_events() {
    const auto events = core_.take_events();
    for (const auto& event : events) {
        log_.event(event);
        act(event);
    }
    sync_.on_events(events);
    if (http_) http_->on_events(events);
    if (links_) links_->follow_leader();
    if (auto discarded = core_.take_discarded(); !discarded.empty())
        asio::post(workers_, [discarded = std::move(discarded)] {}); // freed where nobody waits for it
}

void NodeApp::act(const NodeEvent& event) {
    if (const auto* run = std::get_if<RunTask>(&event)) work_on(*run);
    if (const auto* duplicate = std::get_if<DuplicateId>(&event); duplicate != nullptr && duplicate->we_go) {
        exit_code_ = 1;
        leave();
    }
}

void NodeApp::work_on(const RunTask& task) {
    const auto endpoint = core_.endpoint(task.client);
    asio::post(workers_, [this, task, client = endpoint ? to_text(*endpoint) : std::string{"unknown"}] {
        auto answer = perform(task.upload, client, work_);
        asio::post(*io_, [this, id = task.task, answer = std::move(answer)] {
            if (leaving_) return;
            if (answer) log_stored(*answer);
            const Outcome<Payload> result =
                answer ? Outcome<Payload>{answer->object} : Outcome<Payload>{answer.error()};
            driver_.call([&](TimePoint now, wire::Outbox& out) { core_.on_work_done(now, id, result, out); });
        });
    });
}

void NodeApp::log_stored(const WorkAnswer& answer) const {
    if (answer.stored_key.empty()) return;
    if (answer.not_kept)
        log::log_event(log::Level::warn, "store_failed",
                       "Failed to save image " + answer.stored_key + ": " + answer.not_kept->line,
                       {{"key", answer.stored_key}, {"reason", answer.not_kept->line}});
    else
        log::log_event(log::Level::info, "image_stored", "Stored image " + answer.stored_key,
                       {{"key", answer.stored_key}});
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

asio::awaitable<void> NodeApp::watch_signals() {
    const auto [error, signal] = co_await signals_.async_wait(no_error);
    if (!error) leave();
}

asio::awaitable<void> NodeApp::measure_load() {
    while (!leaving_) {
        const auto& weights = config_.election;
        const auto sample = load_.sample(core_.ledger().open().size());
        core_.set_load(election::in_hundredths(
            election::load_score(sample, {weights.weight_cpu, weights.weight_tasks, weights.weight_memory})));
        core_.set_load_parts(whole(sample.cpu_percent), whole(100 - sample.memory_available_percent));
        if (http_) http_->measured(sample);
        log_.refused(net::now(), core_.refused());
        keep_epochs_ahead();
        if (links_) log_.refused(net::now(), links_->counters());
        load_timer_.expires_after(config_.election.cpu_refresh);
        const auto [error] = co_await load_timer_.async_wait(no_error);
        if (error) break;
    }
}

// Far ahead of what is used, so that no failover waits for the disk.
void NodeApp::keep_epochs_ahead() {
    const auto mark = epochs_.due(core_.highest_counter());
    if (!mark) return;
    asio::post(workers_, [this, mark = *mark] {
        asio::post(*io_, [this, mark, written = data_.reserve_epoch(mark)] {
            if (written) return epochs_.written(mark);
            epochs_.failed();
            log::log_event(log::Level::warn, "disk", written.error().line);
        });
    });
}

// The one way out: hand over, say goodbye, close the sockets; the loops end, run() returns, the workers join.
void NodeApp::leave() {
    if (std::exchange(leaving_, true)) return;
    log::log_event(log::Level::info, "stopping", "Goodbye!");
    if (exit_code_ == 0) driver_.call([this](TimePoint now, wire::Outbox& out) { core_.leave(now, out); });
    if (http_) http_->drain();
    driver_.close();
    if (links_) links_->close(); // after the goodbye, so that nobody takes it for a crash
    signals_.cancel();
    load_timer_.cancel();
}

} // namespace cp::node
