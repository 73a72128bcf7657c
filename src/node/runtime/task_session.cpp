#include "node_app/task_session.hpp"

#include "base/overloaded.hpp"
#include "files/entropy.hpp"
#include "files/wall_clock.hpp"
#include "log/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <pthread.h>
#include <utility>

namespace cp::node {
namespace {

namespace asio = boost::asio;

constexpr std::size_t open_max = 32;      // tasks that are not answered; each holds its upload
constexpr std::size_t failures_max = 256; // whose reason is remembered

} // namespace

TaskSession::TaskSession(std::unique_ptr<asio::io_context> io, net::GroupTransport transport,
                         const client::ClientConfig& config, const net::LossFilter& loss)
    : io_{std::move(io)}, config_{config}, core_{config_, net::now()}, driver_{std::move(transport), core_,
                                                                               config_.identity,
                                                                               [this] { on_events(); },
                                                                               loss} {
    fill_random(std::as_writable_bytes(std::span{&run_.value, 1}));
    asio::co_spawn(*io_, driver_.run(), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    });
    driver_.call([this](TimePoint now, wire::Outbox& out) { core_.start(now, out); });
    thread_ = std::thread{[this] { run(); }};
}

TaskSession::~TaskSession() {
    asio::post(*io_, [this] {
        if (core_.open_tasks().empty())
            driver_.call([this](TimePoint now, wire::Outbox& out) { core_.leave(now, out); });
        driver_.close();
    });
    thread_.join();
}

Outcome<wire::TaskHeader> TaskSession::next(std::string_view user) {
    const std::lock_guard lock{mutex_};
    if (open_ >= open_max) return Failure{errc::busy, "too many tasks are under way: try again"};
    wire::TaskHeader header;
    header.task = {run_, ++number_};
    header.reply_to = config_.identity.session;
    header.user = user;
    header.unix_seconds = unix_seconds();
    fill_random(header.seed);
    return header;
}

void TaskSession::submit(uploads::Upload upload, Done done) {
    asio::post(*io_, [this, upload = std::move(upload), done = std::move(done)]() mutable {
        const TaskId id = upload.header.task;
        waiting_[id] = std::move(done);
        driver_.call([&](TimePoint now, wire::Outbox& out) {
            core_.submit(now, id, std::move(upload.object), upload.work_bytes, out);
        });
        count();
    });
}

void TaskSession::cancel(const TaskId& id) {
    asio::post(*io_, [this, id] {
        waiting_.erase(id);
        driver_.call([&](TimePoint now, wire::Outbox& out) { core_.cancel(now, id, out); });
        count();
    });
}

void TaskSession::look_up(const TaskId& id, const std::function<void(http::TaskState)>& done) {
    asio::post(*io_, [this, id, done] {
        const auto failed = failures_.find(id);
        if (failed != failures_.end()) return done({wire::TaskStage::failed, failed->second});
        const bool ours = core_.open_tasks().contains(id);
        done({ours ? wire::TaskStage::held : wire::TaskStage::unknown, {}});
    });
}

void TaskSession::run() {
    ::pthread_setname_np(::pthread_self(), "tasks");
    try {
        io_->run();
    } catch (const std::exception& error) { // new tasks fail by their time limit; the node goes on
        log::log_event(log::Level::error, "http_failed", std::string{"tasks of HTTP: "} + error.what());
    }
}

void TaskSession::on_events() {
    for (const auto& event : core_.take_events())
        std::visit(Overloaded{
                       [this](const client::Accepted& e) { tell(e.task, e.replicas); },
                       [this](const client::Answered& e) {
                           tell(e.task, 1U); // the promise got lost, and the deed was faster
                           driver_.call(
                               [&](TimePoint, wire::Outbox& out) { core_.acknowledge(e.task, out); });
                       },
                       [this](const client::Failed& e) {
                           remember(e.task, e.reason);
                           tell(e.task, Failure{e.code, e.reason});
                       },
                       [](const auto&) {},
                   },
                   event);
    count();
}

void TaskSession::tell(const TaskId& id, Outcome<unsigned> what) {
    if (auto waiting = waiting_.extract(id)) waiting.mapped()(std::move(what));
}

void TaskSession::remember(const TaskId& id, std::string reason) {
    failures_.emplace(id, std::move(reason));
    failed_.push_back(id);
    if (failed_.size() <= failures_max) return;
    failures_.erase(failed_.front());
    failed_.pop_front();
}

void TaskSession::count() {
    const std::lock_guard lock{mutex_};
    open_ = core_.open_tasks().size();
}

} // namespace cp::node
