// Turns silence into suspicion, and suspicion into loss. Ask before acting: a suspect is probed by unicast,
// and any datagram from it clears it. What a loss means (an election, a task to move) is decided elsewhere.
//
// The leader's heartbeat is frequent, so its silence tells within failure_timeout; followers beat rarely and
// are given follower_timeout. If this very node was away (its deadline was served late: a stopped process, a
// busy machine), the silence is its own fault: nobody is lost for it, and everybody gets the time to be
// heard again.
//
// Not thread-safe, no clock: `now` never goes backwards between calls. At most limits::members_max watched.
#pragma once

#include "base/time.hpp"
#include "wire/outbox.hpp"

#include <cstdint>
#include <variant>
#include <vector>

namespace cp::membership {

struct DetectorConfig {
    Duration heartbeat_interval = std::chrono::milliseconds{20}; // of the leader
    Duration failure_timeout = std::chrono::milliseconds{100};   // at least 3 intervals
    Duration follower_interval = std::chrono::milliseconds{500};
    Duration follower_timeout = std::chrono::milliseconds{1600}; // at least 3 intervals
};

struct Suspected {
    NodeId node;
    Duration silence{};
};
struct Cleared { // was suspected, and has been heard
    NodeId node;
};
struct Lost { // and no longer watched
    NodeId node;
    SessionId session;
    bool leader = false;
    Duration silence{};
};
struct Stalled { // we were away for at least so long
    Duration away{};
};
using DetectorEvent = std::variant<Suspected, Cleared, Lost, Stalled>;

class FailureDetector {
public:
    explicit FailureDetector(const DetectorConfig&);

    // From here on this life of the node has to be heard. Called again, it changes the role or the life,
    // which counts as being heard; without such a change it does nothing.
    void watch(TimePoint now, NodeId, const SessionId&, bool leader);
    // Any datagram of that life. Lives that are not watched are ignored: a late datagram revives nobody.
    void heard(TimePoint now, NodeId, const SessionId&);
    void forget(NodeId);

    // Probes go to `out`. Every event comes out here, including what calls to heard() found.
    [[nodiscard]] std::vector<DetectorEvent> on_deadline(TimePoint now, wire::Outbox& out);
    // When to call on_deadline; it may come before anything is due. `never` when nobody is watched.
    [[nodiscard]] TimePoint deadline() const { return deadline_; }

private:
    struct Watched {
        NodeId node;
        SessionId session;
        bool leader = false;
        bool suspected = false;
        TimePoint heard;
        TimePoint next_probe;
    };

    [[nodiscard]] Duration suspect_after(const Watched&) const;
    [[nodiscard]] Duration lost_after(const Watched&) const;
    [[nodiscard]] Duration probe_interval(const Watched&) const;
    [[nodiscard]] TimePoint due(const Watched&) const;
    [[nodiscard]] Watched* find(NodeId);
    void notice_stall(TimePoint now);
    void probe(TimePoint now, Watched&, wire::Outbox&);
    void clear(TimePoint now, Watched&);

    DetectorConfig config_;
    std::vector<Watched> watched_;
    std::vector<NodeId> cleared_; // to be reported at the next deadline, at most once each
    Duration away_{};             // likewise
    TimePoint deadline_ = never;
    std::uint64_t token_ = 0;
};

} // namespace cp::membership
