#include "http/service.hpp"

#include "log/log.hpp"

#include <boost/asio/post.hpp>

#include <pthread.h>

namespace cp::http {
namespace {

using namespace std::chrono_literals;

// They wait for the disk most of the time; several waiting fsyncs become one journal commit.
constexpr std::size_t workers = 8;
constexpr auto drain_within = 2s;

} // namespace

HttpService::HttpService(std::unique_ptr<asio::io_context> io, asio::ip::tcp::acceptor acceptor,
                         Encryption encryption, ApiOptions options, store::ObjectStore& store, TaskDesk& desk,
                         Heard heard)
    : io_{std::move(io)}, workers_{workers}, api_{std::move(options), store,           desk, *io_,
                                                  workers_,           std::move(heard)},
      server_{*io_, std::move(acceptor), api_, std::move(encryption), connections_possible()},
      guard_{io_->get_executor()} {
    server_.start();
    thread_ = std::thread{[this] { run(); }};
}

HttpService::~HttpService() { stop(); }

void HttpService::run() {
    ::pthread_setname_np(::pthread_self(), "http");
    for (;;) {
        try {
            io_->run();
            return;
        } catch (const std::exception& error) { // the API goes on; what failed was one request or one loop
            log::log_event(log::Level::error, "http_failed", std::string{"HTTP: "} + error.what());
        }
    }
}

void HttpService::publish(std::shared_ptr<const ClusterView> view) {
    asio::post(*io_, [this, view = std::move(view)]() mutable { api_.view(std::move(view)); });
}

void HttpService::events(std::vector<node::NodeEvent> events) {
    asio::post(*io_, [this, events = std::move(events)] { api_.events(events); });
}

void HttpService::presence(std::vector<wire::PresenceEntry> entries) {
    asio::post(*io_, [this, entries = std::move(entries)] { api_.presence(entries); });
}

void HttpService::online(std::function<void(std::vector<web::Online>)> tell) {
    asio::post(*io_, [this, tell = std::move(tell)] { tell(api_.online()); });
}

void HttpService::drain() {
    asio::post(*io_, [this] { server_.drain(); });
}

void HttpService::stop() {
    if (!thread_.joinable()) return;
    drain();
    guard_.reset();
    asio::post(*io_, [this] {
        auto timer = std::make_shared<asio::steady_timer>(*io_, drain_within);
        timer->async_wait([this, timer](const boost::system::error_code&) { io_->stop(); });
        server_.when_drained([this] { io_->stop(); });
    });
    thread_.join();
    workers_.stop();
    workers_.join();
}

} // namespace cp::http
