#include "node_app/http_link.hpp"

#include "config/token_file.hpp"
#include "config/version.hpp"
#include "crypto/keys.hpp"
#include "files/wall_clock.hpp"
#include "log/log.hpp"
#include "net/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <unistd.h>

namespace cp::node {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto publish_every = 250ms;
constexpr auto flush_after = 2ms; // heartbeats of that time share datagrams
constexpr std::size_t untold_max = web::presence_max;
constexpr std::size_t task_bytes_max = std::size_t{32} << 20U; // of a task: it is in memory as a whole
constexpr std::size_t form_overhead = std::size_t{128} << 10U;

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string{name.data()} : std::string{};
}

wire::PresenceEntry entry_of(const web::Online& online) {
    return {online.user, online.address, static_cast<std::uint32_t>(to_ms(online.age))};
}

const std::string https = "https://";

// What changes who may be asked, so that no request waits for the next quarter of a second.
bool is_urgent(const NodeEvent& event) {
    return std::holds_alternative<LeaderChanged>(event) || std::holds_alternative<Serving>(event) ||
           std::holds_alternative<MemberLost>(event) || std::holds_alternative<MemberJoined>(event);
}

} // namespace

Outcome<OpenedHttp> open_http(const Config& config, const Environment& environment, const ClusterKey& key,
                              const net::GroupTransport& transport) {
    auto io = std::make_unique<asio::io_context>(1);
    auto acceptor = http::listen(*io, config.http.listen);
    if (!acceptor) return acceptor.error();
    Endpoint at = http::local_endpoint(*acceptor);
    const bool local = web::is_loopback(at.address);
    if (at.address == 0) at.address = transport.local().address;
    http::ApiOptions options;
    options.http = config.http;
    options.access.need_token = !local && config.http.auth == HttpAuth::token;
    options.access.host_name = host_name();
    options.version = version;
    options.self_api = to_text(at);
    options.one_leader = config.election.quorum > 0;
    options.first_event = unix_millis() * 1000; // above whatever an earlier life counted to
    hkdf_sha256(key.bytes, {}, as_bytes("cloudp2p http task owner"), options.task_secret);
    options.task_body_max = std::min<std::size_t>(config.imaging.max_bytes, task_bytes_max) + form_overhead;
    options.hide_limits = {{config.imaging.max_pixels, config.imaging.max_side},
                           std::uint64_t{config.tasks.memory_budget_mib} << 20U};
    if (options.access.need_token) {
        const auto path = token_path(config.node, environment);
        if (!path) return path.error();
        auto token = obtain_token(*path);
        if (!token) return token.error();
        options.access.token = std::move(*token);
    }
    const bool reachable = !local || web::is_loopback(transport.local().address);
    http::Encryption encryption;
    if (!config.http.cert.empty()) {
        auto own = tls::Context::server(config.http.cert, config.http.key);
        if (!own) return own.error();
        auto others = tls::Context::member(config.http.cert);
        if (!others) return others.error();
        encryption = {std::move(*own), std::move(*others)};
        options.access.scheme = "https";
    }
    // Without a scheme it is http.
    std::string announced = (encryption.own ? https : "") + options.self_api;
    if (!reachable) announced.clear();
    return OpenedHttp{std::move(io), std::move(*acceptor), std::move(encryption), std::move(options),
                      std::move(announced)};
}

HttpLink::HttpLink(OpenedHttp opened, const Config& config, const ClusterKey& key, asio::io_context& io,
                   NodeCore& core, net::CoreDriver& driver, store::ObjectStore& store)
    : io_{io}, core_{core}, driver_{driver}, scheme_{opened.options.access.scheme},
      address_{opened.options.self_api}, version_{opened.options.version}, started_{net::now()},
      publish_timer_{io}, flush_timer_{io}, desk_{config, key, io, core},
      service_{std::move(opened.io),
               std::move(opened.acceptor),
               std::move(opened.encryption),
               std::move(opened.options),
               store,
               desk_,
               [this](const web::Online& online, std::function<void(bool)> told) {
                   tell_all({online}, std::move(told));
               }} {}

void HttpLink::start() {
    asio::co_spawn(io_, publish_loop(), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    });
}

asio::awaitable<void> HttpLink::publish_loop() {
    while (open_) {
        publish();
        publish_timer_.expires_after(publish_every);
        co_await publish_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void HttpLink::publish() { service_.publish(std::make_shared<const http::ClusterView>(view())); }

void HttpLink::on_events(std::span<const NodeEvent> events) {
    if (auto entries = core_.take_presence(); !entries.empty()) service_.presence(std::move(entries));
    if (events.empty()) return;
    std::vector<NodeEvent> copies(events.begin(), events.end());
    for (auto& event : copies)
        if (auto* run = std::get_if<RunTask>(&event))
            run->upload = {}; // a page wants to know, not to hold it
    const bool joined = std::ranges::any_of(
        copies, [](const NodeEvent& e) { return std::holds_alternative<MemberJoined>(e); });
    // First the view, so that who reads the event finds it true.
    if (std::ranges::any_of(copies, is_urgent)) publish();
    service_.events(std::move(copies));
    if (joined) service_.online([this](std::vector<web::Online> online) { tell_all(std::move(online), {}); });
}

void HttpLink::tell_all(std::vector<web::Online> online, std::function<void(bool)> told) {
    const std::lock_guard lock{mutex_};
    if (told) waiting_.push_back(std::move(told));
    for (const auto& user : online)
        if (untold_.size() < untold_max) untold_.push_back(entry_of(user));
    if (untold_.empty() || std::exchange(flush_posted_, true)) return;
    asio::post(io_, [this] {
        flush_timer_.expires_after(flush_after);
        flush_timer_.async_wait([this](const boost::system::error_code& error) {
            if (!error) flush();
        });
    });
}

void HttpLink::flush() {
    std::vector<wire::PresenceEntry> entries;
    std::vector<std::function<void(bool)>> waiting;
    {
        const std::lock_guard lock{mutex_};
        entries.swap(untold_);
        waiting.swap(waiting_);
        flush_posted_ = false;
    }
    if (!open_) return;
    driver_.call([&](TimePoint, wire::Outbox& out) { core_.tell_presence(std::move(entries), out); });
    for (const auto& told : waiting) told(true);
}

void HttpLink::drain() {
    open_ = false;
    publish_timer_.cancel();
    flush_timer_.cancel();
    service_.drain();
}

void HttpLink::stop() {
    service_.stop();
    desk_.stop();
}

} // namespace cp::node
