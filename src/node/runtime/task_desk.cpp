#include "node_app/task_desk.hpp"

#include "base/overloaded.hpp"
#include "config/version.hpp"
#include "files/entropy.hpp"
#include "files/wall_clock.hpp"
#include "log/log.hpp"
#include "net/transport_options.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <deque>
#include <pthread.h>
#include <utility>

namespace cp::node {
namespace {

namespace asio = boost::asio;

constexpr std::size_t open_max = 32;      // tasks that are not answered; each holds its upload
constexpr std::size_t failures_max = 256; // whose reason is remembered

Failure leaving() { return {errc::no_network, "this node is leaving"}; }

client::ClientConfig config_of(const net::GroupTransport& transport, const ClusterKey& key,
                               const std::string& cluster) {
    client::ClientConfig config;
    config.identity.key = key;
    config.identity.cluster = cluster;
    fill_random(config.identity.session.bytes);
    fill_random(config.identity.secret);
    config.version = version;
    config.segment_bytes = static_cast<std::uint32_t>(transport.datagram_size() - limits::data_overhead);
    config.receive_capacity = transport.receive_capacity(net::Channel::unicast);
    return config;
}

} // namespace

class TaskDesk::Client {
public:
    using Done = std::function<void(Outcome<unsigned>)>;

    Client(std::unique_ptr<asio::io_context> io, net::GroupTransport transport,
           const client::ClientConfig& config)
        : io_{std::move(io)}, config_{config}, core_{config_, net::now()}, driver_{std::move(transport),
                                                                                   core_, config_.identity,
                                                                                   [this] { on_events(); }} {
        fill_random(std::as_writable_bytes(std::span{&run_.value, 1}));
        asio::co_spawn(*io_, driver_.run(), [](const std::exception_ptr& failure) {
            if (failure) std::rethrow_exception(failure);
        });
        driver_.call([this](TimePoint now, wire::Outbox& out) { core_.start(now, out); });
        thread_ = std::thread{[this] { run(); }};
    }

    // Without a goodbye while something is open: that would take it back.
    ~Client() {
        asio::post(*io_, [this] {
            if (core_.open_tasks().empty())
                driver_.call([this](TimePoint now, wire::Outbox& out) { core_.leave(now, out); });
            driver_.close();
        });
        thread_.join();
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    Outcome<wire::TaskHeader> next(std::string_view user) {
        const std::lock_guard lock{mutex_};
        if (open_ >= open_max) return Failure{errc::busy, "too many tasks are under way: try again"};
        wire::TaskHeader header;
        header.task = {run_, ++number_};
        header.reply_to = config_.identity.session;
        header.user = user;
        header.unix_seconds = unix_seconds();
        fill_random(header.seed);
        return header;
    }

    void submit(uploads::Upload upload, Done done) {
        asio::post(*io_, [this, upload = std::move(upload), done = std::move(done)]() mutable {
            const TaskId id = upload.header.task;
            waiting_[id] = std::move(done);
            driver_.call([&](TimePoint now, wire::Outbox& out) {
                core_.submit(now, id, std::move(upload.object), upload.work_bytes, out);
            });
            count();
        });
    }

    void cancel(const TaskId& id) {
        asio::post(*io_, [this, id] {
            waiting_.erase(id);
            driver_.call([&](TimePoint now, wire::Outbox& out) { core_.cancel(now, id, out); });
            count();
        });
    }

    // Of what the cluster as this node sees it knows nothing (yet, or any more).
    void look_up(const TaskId& id, const std::function<void(http::TaskState)>& done) {
        asio::post(*io_, [this, id, done] {
            const auto failed = failures_.find(id);
            if (failed != failures_.end()) return done({wire::TaskStage::failed, failed->second});
            const bool ours = core_.open_tasks().contains(id);
            done({ours ? wire::TaskStage::held : wire::TaskStage::unknown, {}});
        });
    }

private:
    void run() {
        ::pthread_setname_np(::pthread_self(), "tasks");
        try {
            io_->run();
        } catch (const std::exception& error) { // new tasks fail by their time limit; the node goes on
            log::log_event(log::Level::error, "http_failed", std::string{"tasks of HTTP: "} + error.what());
        }
    }

    void on_events() {
        for (const auto& event : core_.take_events())
            std::visit(Overloaded{
                           [this](const client::Accepted& e) { tell(e.task, e.replicas); },
                           [this](const client::Answered& e) {
                               tell(e.task, 1U); // the promise got lost, and the deed was faster
                               driver_.call(
                                   [&](TimePoint, wire::Outbox& out) { core_.acknowledge(e.task, out); });
                           },
                           [this](const client::Failed& e) {
                               remember(e.task, e.reason);
                               tell(e.task, Failure{e.code, e.reason});
                           },
                           [](const auto&) {},
                       },
                       event);
        count();
    }

    void tell(const TaskId& id, Outcome<unsigned> what) {
        if (auto waiting = waiting_.extract(id)) waiting.mapped()(std::move(what));
    }

    void remember(const TaskId& id, std::string reason) {
        failures_.emplace(id, std::move(reason));
        failed_.push_back(id);
        if (failed_.size() <= failures_max) return;
        failures_.erase(failed_.front());
        failed_.pop_front();
    }

    void count() {
        const std::lock_guard lock{mutex_};
        open_ = core_.open_tasks().size();
    }

    std::unique_ptr<asio::io_context> io_;
    client::ClientConfig config_;
    client::ClientCore core_;
    net::CoreDriver driver_;
    ClientId run_;
    std::map<TaskId, Done> waiting_;
    std::map<TaskId, std::string> failures_;
    std::deque<TaskId> failed_; // the oldest first
    std::mutex mutex_;
    std::size_t open_ = 0;     // guarded by mutex_
    std::uint32_t number_ = 0; // guarded by mutex_
    std::thread thread_;
};

TaskDesk::TaskDesk(const Config& config, const ClusterKey& key, asio::io_context& protocol, NodeCore& core)
    : network_{config.network}, cluster_{config.node.cluster}, key_{key}, protocol_{protocol}, core_{core} {}

TaskDesk::~TaskDesk() { stop(); }

void TaskDesk::stop() {
    std::unique_ptr<Client> last;
    const std::lock_guard lock{mutex_};
    open_ = false;
    last = std::move(client_);
}

Outcome<void> TaskDesk::open() {
    const std::lock_guard one_at_a_time{opening_};
    {
        const std::lock_guard lock{mutex_};
        if (client_) return {};
    }
    auto options = net::transport_options(network_);
    if (!options) return options.error();
    options->hears_data = false; // answers come by unicast
    auto io = std::make_unique<asio::io_context>(1);
    auto transport = net::GroupTransport::open(io->get_executor(), *options);
    if (!transport) return transport.error();
    auto config = config_of(*transport, key_, cluster_);
    config.max_rate = network_.max_bytes_per_second();
    auto session = std::make_unique<Client>(std::move(io), std::move(*transport), config);
    const std::lock_guard lock{mutex_};
    if (open_) client_ = std::move(session);
    return {};
}

Outcome<wire::TaskHeader> TaskDesk::next(std::string_view user) {
    const auto opened = open();
    if (!opened) return opened.error();
    const std::lock_guard lock{mutex_};
    if (client_) return client_->next(user);
    return leaving();
}

void TaskDesk::submit(uploads::Upload upload, std::function<void(Outcome<unsigned>)> done) {
    const std::lock_guard lock{mutex_};
    if (client_) return client_->submit(std::move(upload), std::move(done));
    done(leaving());
}

void TaskDesk::cancel(const TaskId& id) {
    const std::lock_guard lock{mutex_};
    if (client_) client_->cancel(id);
}

void TaskDesk::look_up(const TaskId& id, std::function<void(http::TaskState)> done) {
    asio::post(protocol_, [this, id, done = std::move(done)] {
        const tasks::Task* task = core_.ledger().find(id);
        if (task != nullptr) return done({task->stage, task->reason});
        if (core_.transfers().receiving({id, ObjectKind::upload}))
            return done({wire::TaskStage::receiving, {}});
        const std::lock_guard lock{mutex_};
        if (client_) return client_->look_up(id, done);
        done({core_.ledger().stage(id), {}});
    });
}

} // namespace cp::node
