#include "log/log.hpp"

#include "base/check.hpp"
#include "log/line_queue.hpp"

#include <boost/core/null_deleter.hpp>
#include <boost/log/core.hpp>
#include <boost/log/expressions.hpp>
#include <boost/log/sinks/sync_frontend.hpp>
#include <boost/log/sinks/text_ostream_backend.hpp>
#include <boost/log/sources/logger.hpp>
#include <boost/log/sources/record_ostream.hpp>

#include <atomic>
#include <ctime>
#include <iostream>
#include <thread>

namespace cp::log {
namespace {

namespace bl = boost::log;
using Frontend = bl::sinks::synchronous_sink<bl::sinks::text_ostream_backend>;

constexpr int nothing = 1 + static_cast<int>(Level::error);

std::atomic<int> threshold{nothing}; // levels below are dropped; `nothing` without a Session
std::atomic<std::uint32_t> own_node{0};

// Never destroyed: a thread may log while the program ends.
LineQueue& queue() {
    static LineQueue& instance = *new LineQueue;
    return instance;
}

std::int64_t monotonic_us() {
    // Not steady_clock: its epoch is the library's affair, and other processes' lines are compared with this.
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

Record stamped(Level level, std::string_view event, std::string_view sentence) {
    return {.time = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()),
            .monotonic_us = monotonic_us(),
            .level = level,
            .node = NodeId{own_node.load(std::memory_order_relaxed)},
            .event = std::string{event},
            .sentence = std::string{sentence}};
}

Record note_of_loss(std::uint64_t count) {
    Record note = stamped(Level::warn, "log_lines_lost",
                          std::to_string(count) + " log lines were lost: whoever reads them is too slow");
    note.fields.emplace_back("count", count);
    return note;
}

boost::shared_ptr<Frontend> add_sink(std::ostream& stream) {
    const auto backend = boost::make_shared<bl::sinks::text_ostream_backend>();
    backend->add_stream(boost::shared_ptr<std::ostream>{&stream, boost::null_deleter{}});
    backend->auto_flush(true);
    auto frontend = boost::make_shared<Frontend>(backend);
    frontend->set_formatter(bl::expressions::stream << bl::expressions::smessage);
    bl::core::get()->add_sink(frontend);
    return frontend;
}

} // namespace

// The log's thread. Boost.Log's own asynchronous sink would hand its records from thread to thread inside a
// library that ThreadSanitizer cannot see into; here only this thread touches Boost.Log.
class Session::Writer {
public:
    explicit Writer(const Settings& settings)
        : format_{settings.format}, stream_{settings.sink != nullptr ? *settings.sink : std::clog},
          thread_{[this] { run(); }} {}
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer() { thread_.join(); } // after queue().close()

private:
    void run() {
        const auto sink = add_sink(stream_);
        while (const auto next = queue().pop()) {
            if (next->lost != 0) write(note_of_loss(next->lost));
            if (next->record) write(*next->record);
        }
        bl::core::get()->remove_sink(sink);
    }
    void write(const Record& record) {
        BOOST_LOG(logger_) << (format_ == Format::json ? format_json(record) : format_text(record));
    }

    const Format format_;
    std::ostream& stream_;
    bl::sources::logger logger_;
    std::thread thread_; // last: it uses the others
};

Session::Session(const Settings& settings) {
    CP_CHECK(queue().open()); // one at a time
    own_node.store(settings.node.value, std::memory_order_relaxed);
    writer_ = std::make_unique<Writer>(settings);
    threshold.store(static_cast<int>(settings.level), std::memory_order_relaxed);
}

Session::~Session() {
    threshold.store(nothing, std::memory_order_relaxed);
    queue().close();
}

void set_node(NodeId node) { own_node.store(node.value, std::memory_order_relaxed); }

bool enabled(Level level) { return static_cast<int>(level) >= threshold.load(std::memory_order_relaxed); }

void log_event(Level level, std::string_view event, std::string_view sentence,
               std::initializer_list<Field> fields) {
    if (!enabled(level)) return;
    Record record = stamped(level, event, sentence);
    record.fields = fields;
    queue().push(std::move(record));
}

} // namespace cp::log
