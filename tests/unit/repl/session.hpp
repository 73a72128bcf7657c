// A printer with both its streams captured, and a clock that the test moves.
#pragma once

#include "repl/printer.hpp"

#include <sstream>
#include <string>
#include <utility>

namespace cp::client::test {

inline const TaskId task{ClientId{0x7f3c}, 12};
inline const Epoch epoch{7, NodeId{3}, 1};

[[nodiscard]] inline CommandResult uploaded() {
    return {.command = "upload",
            .path = "test_image.png",
            .ok = true,
            .task = "alice-0000000000007f3c-12",
            .node = NodeId{3},
            .epoch = "7.3.1",
            .file = "images/encrypted_test_image_1730738456.png",
            .bytes = 524288,
            .sha256 = "ab12",
            .millis = 12.345,
            .sends = 1,
            .verified = true,
            .replicas = 3,
            .name_key = true,
            .encrypted = true};
}

[[nodiscard]] inline CommandResult failed(std::string command, std::string path, errc code,
                                          std::string error) {
    CommandResult result;
    result.command = std::move(command);
    result.path = std::move(path);
    result.code = code;
    result.error = std::move(error);
    return result;
}

inline const StatusReport three{
    NodeId{3},
    "7.3.1",
    {{NodeId{1}, false, wire::MemberState::alive, "127.0.0.1:41229", 12.25, 104, "lo", ""},
     {NodeId{2}, false, wire::MemberState::gone, "127.0.0.1:41230", {}, 61000, "lo", ""},
     {NodeId{3}, true, wire::MemberState::alive, "127.0.0.1:41231", 4.2, 11, "lo", "127.0.0.1:3000"}}};

struct Session {
    std::ostringstream out;
    std::ostringstream err;
    Printer printer;
    TimePoint now{};

    explicit Session(PrinterOptions options = {}) : printer{out, err, with_defaults(std::move(options))} {}
    static PrinterOptions with_defaults(PrinterOptions options) {
        options.user = "alice";
        options.destination = "239.255.67.81:7701 (lo)";
        return options;
    }
    void begin(std::string command = "upload") {
        printer.begin({.command = std::move(command), .path = "test_image.png", .task = task}, now);
    }
    void event(const ClientEvent& e) { printer.on_event(e, now); }
    void broadcast(std::size_t servers) { event(Broadcasting{task, servers}); }
    void decline(std::uint32_t node) { event(Declined{task, NodeId{node}}); }
    void answer(std::uint32_t node) { event(Answered{task, NodeId{node}, epoch, {}, 1}); }
    // What was printed since the last call.
    std::string said() { return taken(out); }
    std::string complained() { return taken(err); }

private:
    static std::string taken(std::ostringstream& stream) {
        return std::exchange(stream, std::ostringstream{}).str();
    }
};

} // namespace cp::client::test
