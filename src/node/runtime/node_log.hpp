// The node's events as log lines: the words for people, the event names and fields for programs
// (docs/operations lists them; they are append-only). The one place that knows both the core's events and the
// log.
#pragma once

#include "base/errc.hpp"
#include "log/log.hpp"
#include "net/link_context.hpp"
#include "node_core/node_event.hpp"

#include <cstdint>
#include <map>

namespace cp::node {

class NodeLog {
public:
    explicit NodeLog(NodeId self) : self_{self} {}

    void event(const NodeEvent&);
    // Datagrams refused so far, by reason: says what came since the last line, at most once a second a
    // reason; of another cluster nearby after 1, 2, 4 seconds and so on, at last once an hour.
    void refused(TimePoint now, const std::map<errc, std::uint64_t>&);
    // The same of connections to the link port.
    void refused(TimePoint now, const net::LinkCounters&);
    void link_ended(NodeId, wire::LinkVerdict);

private:
    void on(const MemberJoined&);
    void on(const MemberSuspected&);
    void on(const MemberLost&);
    void on(const ElectionStarted&);
    void on(const LeaderChanged&);
    void on(const Serving&);
    void on(const HandedOver&);
    void on(const Stalled&);
    void on(const DuplicateId&);
    void on(const RunTask&);
    void on(const TaskAssigned&);
    void on(const TaskReassigned&);
    void on(const TaskAccepted&);
    void on(const TaskDone&);
    void on(const TaskAcknowledged&);
    void on(const TaskFailed&);

    struct Told {
        std::uint64_t count = 0;
        TimePoint at{}; // the last line
        Duration pause = std::chrono::seconds{1};
    };

    NodeId self_;
    std::map<errc, Told> told_;
    net::LinkCounters links_told_;
    TimePoint links_told_at_{};
};

} // namespace cp::node
