#include "client_app/link.hpp"

#include "config/version.hpp"
#include "files/entropy.hpp"
#include "net/transport_options.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <future>

namespace cp::client {

namespace asio = boost::asio;

struct Link::Parts {
    std::unique_ptr<asio::io_context> io;
    ClientConfig config;
    net::GroupTransport transport;
    net::LossFilter loss;
    NetworkFacts network;
    std::vector<net::Interface> interfaces;
    std::function<void(const Interrupted&)> on_interrupt;
};

Outcome<std::unique_ptr<Link>> Link::open(const Config& config, const ClusterKey& key,
                                          std::function<void(const Interrupted&)> on_interrupt) {
    auto io = std::make_unique<asio::io_context>(1);
    auto options = net::transport_options(config.network);
    if (!options) return options.error();
    options->hears_data = false; // results come by unicast
    auto transport = net::GroupTransport::open(io->get_executor(), *options);
    if (!transport) return transport.error();
    const auto loss = net::LossFilter::from_environment();
    if (!loss) return loss.error();

    ClientConfig core;
    core.identity.key = key;
    core.identity.cluster = config.node.cluster;
    fill_random(core.identity.session.bytes);
    fill_random(core.identity.secret);
    core.version = version;
    core.segment_bytes = static_cast<std::uint32_t>(transport->datagram_size() - limits::data_overhead);
    core.max_rate = config.network.max_bytes_per_second();
    core.receive_capacity = transport->receive_capacity(net::Channel::unicast);

    NetworkFacts network;
    const auto interfaces = transport->interfaces();
    for (const auto& interface : interfaces) network.interfaces.push_back(interface.name);
    network.local = to_text(transport->local());
    network.receive_buffer = core.receive_capacity;
    network.buffers_capped = transport->buffers_capped();
    network.session = core.identity.session;
    network.fingerprint = fingerprint(key);
    return std::unique_ptr<Link>{new Link{Parts{std::move(io), std::move(core), std::move(*transport), *loss,
                                                std::move(network), interfaces, std::move(on_interrupt)}}};
}

Link::Link(Parts parts)
    : io_{std::move(parts.io)}, config_{std::move(parts.config)}, core_{config_, net::now()},
      driver_{std::move(parts.transport), core_, config_.identity, [this] { on_events(); }, parts.loss},
      signals_{*io_, SIGINT, SIGTERM, SIGHUP}, network_{std::move(parts.network)},
      interfaces_{std::move(parts.interfaces)}, on_interrupt_{std::move(parts.on_interrupt)} {
    const auto rethrow = [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    };
    asio::co_spawn(*io_, driver_.run(), rethrow);
    asio::co_spawn(*io_, watch_signals(), rethrow);
    driver_.call([this](TimePoint now, wire::Outbox& out) { core_.start(now, out); });
    thread_ = std::thread{[this] { io_->run(); }};
}

Link::~Link() {
    asio::post(*io_, [this] {
        driver_.call([this](TimePoint now, wire::Outbox& out) { core_.leave(now, out); });
        driver_.close();
        signals_.cancel();
    });
    thread_.join();
}

void Link::on_events() {
    for (auto& event : core_.take_events()) // nobody may take items for days: only what a command waits for
        if (!std::holds_alternative<LeaderChanged>(event)) items_.put(std::move(event));
    const bool settled = core_.settled(net::now());
    if (settled && !settled_told_) items_.put_if_empty(LeaderSettled{});
    settled_told_ = settled;
}

asio::awaitable<void> Link::watch_signals() {
    for (;;) {
        const auto [error, signal] = co_await signals_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (error) co_return;
        const Interrupted interrupted{signal != SIGINT};
        items_.put(interrupted);
        on_interrupt_(interrupted);
    }
}

std::optional<Interrupted> Link::forget_items() {
    std::optional<Interrupted> last;
    for (const LinkItem& item : items_.take_all())
        if (const auto* interrupted = std::get_if<Interrupted>(&item))
            last = {interrupted->end || (last && last->end)};
    return last;
}

std::string Link::path_to(const Endpoint& member) const {
    const auto* interface = net::interface_towards(interfaces_, member);
    return interface == nullptr ? std::string{} : interface->name;
}

void Link::call(std::function<void(TimePoint, wire::Outbox&)> into_core) {
    asio::post(*io_, [this, into_core = std::move(into_core)] { driver_.call(into_core); });
}

void Link::submit(const TaskId& id, Payload upload, std::uint64_t work_bytes,
                  std::optional<std::uint64_t> ready) {
    call([this, id, work_bytes, ready, upload = std::move(upload)](TimePoint now, wire::Outbox& out) {
        core_.submit(now, id, upload, work_bytes, out, ready);
    });
}

void Link::set_ready(const TaskId& id) {
    call([this, id](TimePoint now, wire::Outbox& out) { core_.set_ready(now, id, out); });
}

void Link::reject(const TaskId& id, NodeId node) {
    call([this, id, node](TimePoint now, wire::Outbox& out) { core_.reject(now, id, node, out); });
}

void Link::acknowledge(const TaskId& id) {
    call([this, id](TimePoint, wire::Outbox& out) { core_.acknowledge(id, out); });
}

void Link::cancel(const TaskId& id) {
    call([this, id](TimePoint now, wire::Outbox& out) { core_.cancel(now, id, out); });
}

void Link::discover() {
    call([this](TimePoint now, wire::Outbox& out) {
        settled_told_ = false;
        core_.discover(now, out);
    });
}

ClusterView Link::view() {
    std::promise<ClusterView> answer;
    asio::post(*io_, [&] {
        const TimePoint now = net::now();
        ClusterView view;
        view.leader = core_.leader();
        view.settled = core_.settled(now);
        for (const auto& member : core_.members().members()) {
            if (member.state == wire::MemberState::gone) continue;
            view.members.push_back(
                {member, core_.endpoint(member.session).value_or(Endpoint{}), to_ms(now - member.heard)});
        }
        const auto count = [&](errc reason) {
            const auto found = core_.refused().find(reason);
            return found == core_.refused().end() ? std::uint64_t{0} : found->second;
        };
        view.other_key = count(errc::not_authentic);
        view.own_echoes = count(errc::own_echo);
        answer.set_value(std::move(view));
    });
    return answer.get_future().get();
}

} // namespace cp::client
