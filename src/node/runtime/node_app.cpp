#include "node_app/node_app.hpp"

#include "http/store_log.hpp"
#include "net/priority.hpp"
#include "node_app/task_work.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace cp::node {

namespace asio = boost::asio;

namespace {

constexpr auto no_error = asio::as_tuple(asio::use_awaitable);

std::uint8_t whole(double percent) {
    return static_cast<std::uint8_t>(std::clamp(percent, 0.0, 100.0) + 0.5);
}

} // namespace

int NodeApp::run() {
    log::set_node(core_config_.id);
    const std::string priority = net::prefer_this_thread(); // the workers have started and keep theirs
    announce_start();
    const auto rethrow = [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    };
    asio::co_spawn(*io_, driver_.run(), rethrow);
    asio::co_spawn(*io_, watch_signals(), rethrow);
    asio::co_spawn(*io_, measure_load(), rethrow);
    if (links_) links_->start();
    if (http_) http_->start();
    driver_.call([this](TimePoint now, wire::Outbox& out) { core_.start(now, out); });
    log::log_event(log::Level::info, "started", "All systems operational!",
                   {{"incarnation", core_config_.incarnation}, {"priority", priority}});
    io_->run();
    store_->abort(); // workers that wait for a store of others are joined below
    sync_.close();
    if (http_) http_->stop();
    store_workers_.stop();
    store_workers_.join();
    workers_.stop();
    workers_.join();
    return exit_code_;
}

void NodeApp::on_events() {
    const auto events = core_.take_events();
    for (const auto& event : events) {
        log_.event(event);
        act(event);
    }
    sync_.on_events(events);
    if (http_) http_->on_events(events);
    if (links_) links_->follow_leader();
    if (auto discarded = core_.take_discarded(); !discarded.empty())
        asio::post(workers_, [discarded = std::move(discarded)] {}); // freed where nobody waits for it
}

void NodeApp::act(const NodeEvent& event) {
    if (const auto* run = std::get_if<RunTask>(&event)) work_on(*run);
    if (const auto* duplicate = std::get_if<DuplicateId>(&event); duplicate != nullptr && duplicate->we_go) {
        exit_code_ = 1;
        leave();
    }
}

void NodeApp::work_on(const RunTask& task) {
    const auto endpoint = core_.endpoint(task.client);
    asio::post(workers_, [this, task, client = endpoint ? to_text(*endpoint) : std::string{"unknown"}] {
        const auto tell = [this, id = task.task](const Payload& object, std::uint64_t ready) {
            asio::post(*io_, [this, id, object, ready] {
                if (leaving_) return;
                driver_.call([&](TimePoint now, wire::Outbox& out) {
                    core_.on_work_under_way(now, id, object, ready, out);
                });
            });
        };
        auto answer = perform(task.upload, client, work_, tell);
        asio::post(*io_, [this, id = task.task, answer = std::move(answer)] {
            if (leaving_) return;
            if (answer) log_stored(*answer);
            const Outcome<Payload> result =
                answer ? Outcome<Payload>{answer->object} : Outcome<Payload>{answer.error()};
            driver_.call([&](TimePoint now, wire::Outbox& out) { core_.on_work_done(now, id, result, out); });
        });
    });
}

void NodeApp::log_stored(const WorkAnswer& answer) const {
    if (answer.stored_key.empty()) return;
    if (answer.not_kept)
        http::log_not_stored(log::Level::warn, answer.stored_key, *answer.not_kept);
    else
        http::log_stored(answer.stored_key, answer.stored_bytes);
}

asio::awaitable<void> NodeApp::watch_signals() {
    const auto [error, signal] = co_await signals_.async_wait(no_error);
    if (!error) leave();
}

asio::awaitable<void> NodeApp::measure_load() {
    while (!leaving_) {
        const auto& weights = config_.election;
        const auto sample = load_.sample(core_.ledger().open().size());
        core_.set_load(election::in_hundredths(
            election::load_score(sample, {weights.weight_cpu, weights.weight_tasks, weights.weight_memory})));
        core_.set_load_parts(whole(sample.cpu_percent), whole(100 - sample.memory_available_percent));
        if (http_) http_->measured(sample);
        log_.refused(net::now(), core_.refused());
        keep_epochs_ahead();
        if (links_) log_.refused(net::now(), links_->counters());
        load_timer_.expires_after(config_.election.cpu_refresh);
        const auto [error] = co_await load_timer_.async_wait(no_error);
        if (error) break;
    }
}

// Far ahead of what is used, so that no failover waits for the disk.
void NodeApp::keep_epochs_ahead() {
    const auto mark = epochs_.due(core_.highest_counter());
    if (!mark) return;
    asio::post(workers_, [this, mark = *mark] {
        asio::post(*io_, [this, mark, written = data_.reserve_epoch(mark)] {
            if (written) return epochs_.written(mark);
            epochs_.failed();
            log::log_event(log::Level::warn, "disk", written.error().line);
        });
    });
}

// The one way out: hand over, say goodbye, close the sockets; the loops end, run() returns, the workers join.
void NodeApp::leave() {
    if (std::exchange(leaving_, true)) return;
    log::log_event(log::Level::info, "stopping", "Goodbye!");
    if (exit_code_ == 0) driver_.call([this](TimePoint now, wire::Outbox& out) { core_.leave(now, out); });
    if (http_) http_->drain();
    driver_.close();
    if (links_) links_->close(); // after the goodbye, so that nobody takes it for a crash
    signals_.cancel();
    load_timer_.cancel();
}

} // namespace cp::node
