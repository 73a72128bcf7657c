// Tasks that come over HTTP: this node is a client of the cluster for them, with a session, sockets and a
// thread of its own, opened when the first one comes. So such a task is replicated and survives like any
// other, whoever leads; the answer goes to the leader's store (wire::TaskCommand::keep_*), since who asked
// waits nowhere.
//
// Safe from any thread. stop() ends it: what was promised goes on without us, callbacks that are open are
// dropped.
#pragma once

#include "config/config.hpp"
#include "http/task_desk.hpp"
#include "node_app/task_session.hpp"
#include "node_core/node_core.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <mutex>

namespace cp::node {

class TaskDesk final : public http::TaskDesk {
public:
    // The references must outlive it; `protocol` runs the core's thread.
    TaskDesk(const Config&, const ClusterKey&, boost::asio::io_context& protocol, NodeCore&);
    ~TaskDesk() override;
    TaskDesk(const TaskDesk&) = delete;
    TaskDesk& operator=(const TaskDesk&) = delete;

    [[nodiscard]] Outcome<wire::TaskHeader> next(std::string_view user) override;
    void submit(uploads::Upload, std::function<void(Outcome<unsigned>)> done) override;
    void cancel(const TaskId&) override;
    void look_up(const TaskId&, std::function<void(http::TaskState)> done) override;
    void stop();

private:
    [[nodiscard]] Outcome<void> open();

    NetworkSection network_;
    std::string cluster_;
    ClusterKey key_;
    boost::asio::io_context& protocol_;
    NodeCore& core_;
    std::mutex opening_;                  // held while names are resolved: nobody but next() waits for it
    std::mutex mutex_;                    // held for a moment
    std::unique_ptr<TaskSession> client_; // guarded by mutex_
    bool open_ = true;                    // guarded by mutex_
};

} // namespace cp::node
