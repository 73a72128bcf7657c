// One session of this node as a client of the cluster: it submits tasks that came over HTTP, and remembers
// why some failed. A thread and sockets of its own; the constructor starts them, the destructor says goodbye
// only when nothing is open, because a goodbye takes back what is.
//
// Safe from any thread. Callbacks come on the session's thread, each at most once.
#pragma once

#include "client_core/client_core.hpp"
#include "http/task_desk.hpp"
#include "net/core_driver.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace cp::node {

class TaskSession {
public:
    using Done = std::function<void(Outcome<unsigned>)>;

    TaskSession(std::unique_ptr<boost::asio::io_context>, net::GroupTransport, const client::ClientConfig&,
                const net::LossFilter&);
    ~TaskSession();
    TaskSession(const TaskSession&) = delete;
    TaskSession& operator=(const TaskSession&) = delete;

    // Errors: busy, when too many are open.
    [[nodiscard]] Outcome<wire::TaskHeader> next(std::string_view user);
    // `done`: how many nodes hold it, or why not.
    void submit(uploads::Upload, Done done);
    void cancel(const TaskId&);
    // Of what the cluster as this node sees it knows nothing (yet, or any more).
    void look_up(const TaskId&, const std::function<void(http::TaskState)>& done);

private:
    void run();
    void on_events();
    void tell(const TaskId&, Outcome<unsigned> what);
    void remember(const TaskId&, std::string reason);
    void count();

    std::unique_ptr<boost::asio::io_context> io_;
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

} // namespace cp::node
