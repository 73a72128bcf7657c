// The HTTP API as a part of a node: a thread of its own with everything on it. Talks with the protocol thread
// by posted values only, so that neither waits for the other: hostile HTTP costs this thread, not the
// leadership.
//
//     auto acceptor = http::listen(*io, config.http.listen);
//     HttpService service{…};          // the thread runs
//     service.publish(view);           // any thread
//     service.drain();                 // at the beginning of the end
//     service.stop();                  // joins, at most two seconds later
#pragma once

#include "http/api.hpp"
#include "http/server.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace cp::http {

class HttpService {
public:
    // `io` is the acceptor's.
    HttpService(std::unique_ptr<asio::io_context> io, asio::ip::tcp::acceptor, Encryption, ApiOptions,
                store::ObjectStore&, TaskDesk&, Heard);
    ~HttpService();
    HttpService(const HttpService&) = delete;
    HttpService& operator=(const HttpService&) = delete;

    // Any thread; returns at once.
    void publish(std::shared_ptr<const ClusterView>);
    void events(std::vector<node::NodeEvent>);
    void presence(std::vector<wire::PresenceEntry>);
    // All that are online, for a node that has just come: `tell` is called on the HTTP thread.
    void online(std::function<void(std::vector<web::Online>)> tell);
    void drain();
    void stop();

private:
    void run();

    std::unique_ptr<asio::io_context> io_;
    asio::thread_pool workers_;
    Api api_;
    Server server_;
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    std::thread thread_;
};

} // namespace cp::http
