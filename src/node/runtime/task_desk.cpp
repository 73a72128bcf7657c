#include "node_app/task_desk.hpp"

#include "config/version.hpp"
#include "files/entropy.hpp"
#include "net/transport_options.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace cp::node {
namespace {

namespace asio = boost::asio;

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

TaskDesk::TaskDesk(const Config& config, const ClusterKey& key, asio::io_context& protocol, NodeCore& core)
    : network_{config.network}, cluster_{config.node.cluster}, key_{key}, protocol_{protocol}, core_{core} {}

TaskDesk::~TaskDesk() { stop(); }

void TaskDesk::stop() {
    std::unique_ptr<TaskSession> last;
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
    const auto loss = net::LossFilter::from_environment();
    if (!loss) return loss.error();
    auto config = config_of(*transport, key_, cluster_);
    config.max_rate = network_.max_bytes_per_second();
    auto session = std::make_unique<TaskSession>(std::move(io), std::move(*transport), config, *loss);
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
