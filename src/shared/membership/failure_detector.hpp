// Turns silence into suspicion, and suspicion into loss; asks before it acts. Silence of one and a half beats
// makes a suspect: it is probed by unicast, and of a leader everybody is asked "has anybody heard it?". Any
// datagram of the suspect clears it; somebody else's word (Heard) puts the loss off, for as long as that one
// has heard it more recently than we. So one lossy path costs nobody the membership. What a loss means (an
// election, a task to move) is decided elsewhere. The indirect question is SWIM's (Das, Gupta, Motivala
// 2002).
//
// Time alone must be patient, since a busy program is silent, too. A machine's kernel is not: whoever owns
// the detector may ask it while the leader is overdue(), and say unreachable() when it answers nothing
// either. When another member has found the same, waiting any longer would tell nothing new, and the leader
// is lost.
//
// The leader's heartbeat is frequent, so its silence tells within failure_timeout; followers beat rarely and
// are given follower_timeout. If this very node was away (a deadline was served late: a stopped process, a
// suspended machine), the silence is its own fault: nobody is lost for it, and everybody gets the time to be
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
    Duration veto_window = std::chrono::milliseconds{4};         // for an answer to "has anybody heard it?"
    // Who vouches for a suspect: so many of the live nodes, those that come next after it by id.
    std::size_t witnesses = 8;
};

struct Suspected {
    NodeId node;
};
struct Cleared { // was suspected, and has been heard
    NodeId node;
};
struct Lost { // and no longer watched
    NodeId node;
    SessionId session;
    bool leader = false;
};
using DetectorEvent = std::variant<Suspected, Cleared, Lost>;

class FailureDetector {
public:
    // `self` is 0 for clients: they ask nobody and are asked by nobody.
    FailureDetector(NodeId self, const DetectorConfig&);

    // First thing with every input: how long this program was away, 0 if it was not. Lateness is measured
    // against our own deadline and against what keep_time() was told.
    [[nodiscard]] Duration wake(TimePoint now);
    // The owner will call again by then at the latest, for a timer of its own.
    void keep_time(TimePoint next) { wakes_ = next; }

    // From here on this life of the node has to be heard. Called again, it changes the role or the life,
    // which counts as being heard; without such a change it does nothing.
    void watch(TimePoint now, NodeId, const SessionId&, bool leader);
    // Any datagram of that life. Lives that are not watched are ignored: a late datagram revives nobody.
    void heard(TimePoint now, NodeId, const SessionId&);
    // Something else speaks against it (its link ended, others elect): suspect it now, without waiting.
    void suspect(TimePoint now, NodeId);
    // The leader's beat has not come: time to ask its machine. Only for those whose word counts.
    [[nodiscard]] bool overdue(NodeId) const;
    // Its machine answers nothing, asked so often that loss cannot be the reason.
    void unreachable(TimePoint now, NodeId);
    void forget(NodeId);

    // Somebody asks about a life: answers the group if we are a witness and have heard it lately ourselves.
    void on_heard_from(TimePoint now, const wire::HeardFrom&, wire::Outbox& out);
    // Somebody's word, which counts for those who suspect. Hearsay is never passed on.
    void on_heard(TimePoint now, const wire::Heard&);

    // Probes and questions go to `out`. Every event comes out here, including what calls to heard() found.
    [[nodiscard]] std::vector<DetectorEvent> on_deadline(TimePoint now, wire::Outbox& out);
    // When to call on_deadline; it may come before anything is due. `never` when nobody is watched.
    [[nodiscard]] TimePoint deadline() const { return deadline_; }

private:
    struct Watched {
        NodeId node;
        SessionId session;
        bool leader = false;
        bool overdue = false;
        bool suspected = false;
        bool told = false;        // the suspicion was reported
        bool unreachable = false; // for us
        bool agreed = false;      // and for somebody else
        unsigned probes = 0;      // of this suspicion
        TimePoint heard;          // by ourselves
        TimePoint vouched;        // by anybody
        TimePoint next_probe;
        TimePoint asked = TimePoint::min(); // when anybody last asked the group about it
        TimePoint answered = TimePoint::min();
    };

    [[nodiscard]] Duration overdue_after() const;
    [[nodiscard]] Duration suspect_after(const Watched&) const;
    [[nodiscard]] Duration lost_after(const Watched&) const;
    [[nodiscard]] Duration probe_interval(const Watched&) const;
    [[nodiscard]] TimePoint lost_at(const Watched&) const;
    [[nodiscard]] TimePoint due(const Watched&) const;
    [[nodiscard]] bool asks_about(const Watched& w) const { return w.leader && self_; }
    [[nodiscard]] bool witness_for(NodeId suspect) const;
    [[nodiscard]] Watched* find(NodeId);
    void probe(TimePoint now, Watched&, wire::Outbox&);
    void tell(TimePoint now, Watched&, wire::Outbox&);
    void clear(TimePoint now, Watched&);

    NodeId self_;
    DetectorConfig config_;
    std::vector<Watched> watched_;
    std::vector<NodeId> cleared_; // to be reported at the next deadline, at most once each
    TimePoint deadline_ = never;
    TimePoint wakes_ = never;
    std::uint64_t token_ = 0;
};

} // namespace cp::membership
