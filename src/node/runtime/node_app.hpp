// One node as a program: opens what the configuration names, drives the core on one thread, works on tasks on
// others, logs what happens, and leaves in order. Errors of the start are one line each.
//
// Threads: run() is the protocol thread; workers only ever see their own inputs and post results back.
#pragma once

#include "config/data_dir.hpp"
#include "config/options.hpp"
#include "election/epoch_reserve.hpp"
#include "net/core_driver.hpp"
#include "node_app/crash_links.hpp"
#include "node_app/http_link.hpp"
#include "node_app/load_meter.hpp"
#include "node_app/node_log.hpp"
#include "node_app/store_sync.hpp"
#include "node_app/task_work.hpp"
#include "node_core/node_core.hpp"
#include "store/object_store.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <optional>

namespace cp::node {

class NodeApp {
public:
    [[nodiscard]] static Outcome<std::unique_ptr<NodeApp>> open(const NodeOptions&, const Environment&);

    // Until a signal, or a reason to go; returns the exit code. Once only.
    [[nodiscard]] int run();

private:
    // What start-up gathers before there is an app.
    struct Parts;

    explicit NodeApp(Parts);

    void announce_start() const;
    void on_events();
    void act(const NodeEvent&);
    void work_on(const RunTask&);
    [[nodiscard]] WorkSettings work_settings();
    void log_stored(const WorkAnswer&) const;
    boost::asio::awaitable<void> watch_signals();
    boost::asio::awaitable<void> measure_load();
    void keep_epochs_ahead();
    void leave();

    Config config_;
    std::unique_ptr<boost::asio::io_context> io_;
    DataDir data_;
    std::unique_ptr<store::ObjectStore> store_;
    NodeConfig core_config_;
    election::EpochReserve epochs_;
    NodeCore core_;
    net::CoreDriver driver_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer load_timer_;
    LoadMeter load_;
    NodeLog log_;
    std::optional<CrashLinks> links_; // none with election.crash_link = false
    boost::asio::thread_pool workers_;
    boost::asio::thread_pool store_workers_; // of sync_ alone: its waits hold up nobody else
    StoreSync sync_;
    std::optional<HttpLink> http_; // none with http.listen = off
    WorkSettings work_;
    int exit_code_ = 0;
    bool leaving_ = false;
};

} // namespace cp::node
