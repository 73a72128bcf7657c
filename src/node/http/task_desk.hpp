// Where the HTTP API hands in tasks for the cluster and asks about them. An interface: the API knows neither
// sockets nor cores. All calls are safe from any thread and return at once, but for next().
#pragma once

#include "base/result.hpp"
#include "uploads/uploads.hpp"
#include "wire/messages.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace cp::http {

struct TaskState {
    wire::TaskStage stage = wire::TaskStage::unknown;
    std::string reason; // once failed
};

class TaskDesk {
public:
    virtual ~TaskDesk() = default;

    // The header of a new task: all but command, name and key. May open sockets: call it on a worker.
    // Errors: busy (too many are under way), no_network.
    [[nodiscard]] virtual Outcome<wire::TaskHeader> next(std::string_view user) = 0;
    // `done` is called once, on any thread: how many nodes hold the upload, when the cluster has promised to
    // do it; or why not. After cancel() it is not called any more.
    virtual void submit(uploads::Upload, std::function<void(Outcome<unsigned>)> done) = 0;
    virtual void cancel(const TaskId&) = 0;
    // `done` is called once, on any thread: what this node knows of it.
    virtual void look_up(const TaskId&, std::function<void(TaskState)> done) = 0;
};

} // namespace cp::http
