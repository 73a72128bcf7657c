// The answers of the HTTP API. One object on the HTTP thread; work on the store runs in a pool and comes
// back. Knows nothing of sockets or Beast (connection.hpp) and asks nothing of the protocol thread: it is
// told (view(), events(), presence()) and tells (the callback of a heartbeat).
//
// In files by subject: api.cpp (who may, and who leads), api_users.cpp (users, who is online),
// api_images.cpp, api_tasks.cpp, api_state.cpp (the live view, what happened), api_cluster.cpp (probes,
// findings, documents).
#pragma once

#include "config/config.hpp"
#include "http/cluster_view.hpp"
#include "http/message.hpp"
#include "http/metrics.hpp"
#include "http/task_desk.hpp"
#include "http/turns.hpp"
#include "node_core/node_event.hpp"
#include "users/directory.hpp"
#include "web/access.hpp"
#include "web/event_ring.hpp"
#include "web/presence.hpp"
#include "web/rate_limit.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <type_traits>
#include <vector>

namespace cp::http {

namespace asio = boost::asio;

struct ApiOptions {
    HttpSection http;
    web::AccessPolicy access;
    std::string version;
    std::string self_api;    // our own address, whoever can reach it
    bool one_leader = false; // there is a quorum: no two nodes lead at once
    std::uint64_t first_event = 1;
    Digest task_secret{};            // of the cluster: makes the tokens of tasks
    std::size_t task_body_max = 0;   // bytes
    uploads::HideLimits hide_limits; // of tasks
};

// A heartbeat that the other nodes should know of; called on the HTTP thread. `told` is called once, on any
// thread, when they have been told.
using Heard = std::function<void(const web::Online&, std::function<void(bool)> told)>;

class Api {
public:
    // References must outlive it.
    Api(ApiOptions, store::ObjectStore&, TaskDesk&, asio::io_context&, asio::thread_pool& workers, Heard);

    // --- what happens
    void view(std::shared_ptr<const ClusterView>);
    void events(const std::vector<node::NodeEvent>&);
    void presence(const std::vector<wire::PresenceEntry>&);

    // --- requests, in this order
    // The head is read: the route, or why the request goes no further.
    [[nodiscard]] std::optional<Response> admit(Request&);
    // Only the leader answers some: here it is, or what is said instead; may wait a second for one to be
    // elected when requests are passed on. `forward_to`: the API address that shall answer (http.follower =
    // "proxy").
    [[nodiscard]] asio::awaitable<std::optional<Response>> leader_check(const Request&,
                                                                        std::string& forward_to);
    [[nodiscard]] std::size_t body_limit(const web::Route&) const;
    // REQUIRES: `request` lives until the answer is there.
    [[nodiscard]] asio::awaitable<Response> answer(Request&);

    // --- for streams
    [[nodiscard]] const web::EventRing& ring() const { return ring_; }
    [[nodiscard]] std::shared_ptr<const ClusterView> current() const { return view_; }
    [[nodiscard]] std::vector<web::Online> online() const;
    [[nodiscard]] std::string state_json() const; // one frame of the live view
    // Ends when something happened, or at the latest then.
    [[nodiscard]] asio::awaitable<void> changed(TimePoint latest);
    [[nodiscard]] Metrics& metrics() { return metrics_; }
    [[nodiscard]] const std::string& token() const { return options_.access.token; }

private:
    [[nodiscard]] Response not_leader() const;
    [[nodiscard]] Response health(const Request&) const;
    [[nodiscard]] asio::awaitable<Response> register_user(Request&);
    [[nodiscard]] asio::awaitable<Response> heartbeat(const Request&);
    [[nodiscard]] asio::awaitable<Response> users();
    [[nodiscard]] Response discover() const;
    [[nodiscard]] asio::awaitable<Response> discover_with_images(const Request&);
    [[nodiscard]] asio::awaitable<Response> upload_image(Request&);
    [[nodiscard]] asio::awaitable<Response> put_image(Request&);
    [[nodiscard]] asio::awaitable<Response> images(const Request&);
    [[nodiscard]] asio::awaitable<Response> image(const Request&);
    [[nodiscard]] asio::awaitable<Response> post_task(Request&);
    [[nodiscard]] Response tasks() const;
    [[nodiscard]] asio::awaitable<Response> task(const Request&);
    [[nodiscard]] asio::awaitable<Response> task_result(const Request&);
    [[nodiscard]] std::string task_token(std::string_view task) const;
    [[nodiscard]] std::optional<Response> not_owner(const Request&, std::string_view task) const;
    [[nodiscard]] asio::awaitable<Outcome<uploads::Upload>> take_order(Request&);
    [[nodiscard]] asio::awaitable<Outcome<unsigned>> hand_in(uploads::Upload);
    [[nodiscard]] asio::awaitable<std::optional<TaskState>> look_up(const TaskId&);
    [[nodiscard]] Response ready(const Request&) const;
    [[nodiscard]] asio::awaitable<Response> doctor();
    [[nodiscard]] Response session() const;
    [[nodiscard]] Response metrics_text();
    [[nodiscard]] Response asset(std::string_view file) const;
    void note(const node::NodeEvent&);

    // Runs `work` on a worker; the coroutine goes on here.
    template <class Work>
    [[nodiscard]] auto on_worker(Work work);
    template <class Work>
    [[nodiscard]] asio::awaitable<std::invoke_result_t<Work&>> on_worker_in_turn(const Turns&, Work work);

    ApiOptions options_;
    Metrics metrics_;
    MeteredStore store_;
    users::Directory directory_;
    TaskDesk& desk_;
    asio::io_context& io_;
    asio::thread_pool& workers_;
    Heard heard_;
    web::Access access_;
    web::RateLimit rate_;
    web::Presence presence_;
    web::EventRing ring_;
    std::shared_ptr<const ClusterView> view_;
    asio::steady_timer changed_;               // a condition variable: cancelled when something happens
    TimePoint changed_at_ = never;             // when it ends by itself, by our clock; the timer's is another
    std::map<std::string, TimePoint> running_; // accepted tasks, for their time; bounded
    TimePoint leader_lost_ = never;
    int big_answers_ = 0;
    int new_tasks_ = 0; // whose uploads are being made
    // Being read from the store: what is read lies in memory until the connection takes it (Limits::bodies).
    Turns results_read_{io_, 4};
    Turns images_read_{io_, 16};
};

} // namespace cp::http
