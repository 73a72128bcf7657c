// The HTTP service beside the protocol thread: publishes what the core knows, and passes on who is online.
// Lives on the protocol thread; what it takes from the HTTP thread is posted.
#pragma once

#include "config/config.hpp"
#include "config/environment.hpp"
#include "election/load_score.hpp"
#include "http/listen.hpp"
#include "http/service.hpp"
#include "net/core_driver.hpp"
#include "node_app/task_desk.hpp"
#include "node_core/node_core.hpp"
#include "store/object_store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace cp::node {

// The port is open before there is a core, which tells others about it.
struct OpenedHttp {
    std::unique_ptr<boost::asio::io_context> io;
    boost::asio::ip::tcp::acceptor acceptor;
    http::Encryption encryption;
    http::ApiOptions options;
    std::string announced; // the API address for other nodes; empty: they cannot reach it
};
// Errors: no_network, and those of the token file. REQUIRES: config.http.listen.on.
[[nodiscard]] Outcome<OpenedHttp> open_http(const Config&, const Environment&, const ClusterKey&,
                                            const net::GroupTransport&);

class HttpLink {
public:
    // All references must outlive it; `io` runs the protocol thread.
    HttpLink(OpenedHttp, const Config&, const ClusterKey&, boost::asio::io_context& io, NodeCore&,
             net::CoreDriver&, store::ObjectStore&);

    void start();
    void on_events(std::span<const NodeEvent>);
    void measured(const election::LoadSample& sample) { sample_ = sample; }
    void drain();
    void stop(); // blocks for two seconds at most

    [[nodiscard]] std::string url() const { return scheme_ + "://" + address_ + '/'; }
    [[nodiscard]] const std::string& address() const { return address_; }

private:
    void publish();
    boost::asio::awaitable<void> publish_loop();
    // On the HTTP thread; `told` may be empty.
    void tell_all(std::vector<web::Online> online, std::function<void(bool)> told);
    void flush();
    [[nodiscard]] http::ClusterView view() const;

    boost::asio::io_context& io_;
    NodeCore& core_;
    net::CoreDriver& driver_;
    std::string scheme_;
    std::string address_;
    std::string version_;
    TimePoint started_;
    election::LoadSample sample_;
    boost::asio::steady_timer publish_timer_;
    boost::asio::steady_timer flush_timer_;
    std::mutex mutex_;
    std::vector<wire::PresenceEntry> untold_;        // guarded by mutex_
    std::vector<std::function<void(bool)>> waiting_; // guarded by mutex_; for what is untold to be told
    bool flush_posted_ = false;                      // guarded by mutex_
    bool open_ = true;
    TaskDesk desk_;
    http::HttpService service_; // last: its thread ends first
};

} // namespace cp::node
