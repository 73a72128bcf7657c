// The log of a program: one event a line, on standard error. Everything here may be called from any thread.
//
// log_event() copies its arguments into a bounded queue and returns; a thread of the log formats and writes,
// so a slow terminal or a full pipe never holds up the caller. When the queue is full, lines are dropped and
// the next line that is written says how many. Cores do not log: shells print the cores' events.
#pragma once

#include "log/record.hpp"

#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string_view>

namespace cp::log {

struct Settings {
    Level level = Level::info; // the least serious line that is written
    Format format = Format::text;
    NodeId node{};
    std::ostream* sink = nullptr; // null: standard error; else it must outlive the Session (for tests)
};

// While this lives, lines are written; its end writes all that is queued and stops the log's thread. One at a
// time; main() owns it, so that what happens last is still written. Without one, log_event() does nothing.
class Session {
public:
    explicit Session(const Settings&);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

private:
    class Writer;
    std::unique_ptr<Writer> writer_;
};

// The node's number, once it is known (a node without an ID learns it from its data directory).
void set_node(NodeId);

// False when a line of that level would be dropped: spares the caller the preparation of expensive fields.
[[nodiscard]] bool enabled(Level);

// `sentence` is for people ("Node 3: I am the new leader!"), `event` and `fields` for programs; the names of
// events and fields are append-only.
void log_event(Level, std::string_view event, std::string_view sentence,
               std::initializer_list<Field> fields = {});

} // namespace cp::log
