// Sends one object to one destination: Setup, the first pass over its segments under credit, repairs of what
// reports name, polls while it waits. When nobody is waited for any more it has finished; then those that
// were left behind are asked and repaired, each at its own pace, until it is destroyed.
//
// A segment is lost for somebody when a report names it missing and its last transmission is far enough below
// the highest number that the report has seen; everything later is still under way and never sent again.
// Several receivers are repaired by parity: as much of each block as the worst of them misses. A single one
// gets its segments again, which costs the same and needs no decoding.
// There are no per-packet and no back-off timers (docs/protocol.md, transfer). Memory: 8 bytes a segment. Not
// thread-safe; `now` never decreases.
#pragma once

#include "base/payload.hpp"
#include "transfer/credit_set.hpp"
#include "transfer/flow.hpp"
#include "transfer/object_receiver.hpp"
#include "transfer/object_table.hpp"
#include "transfer/parity_shelf.hpp"
#include "transfer/patience.hpp"
#include "transfer/questions.hpp"
#include "transfer/send_queue.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace cp::transfer {

struct SendSpec {
    ObjectId object;
    Payload bytes;                       // kept alive by the sender
    std::uint32_t segment_bytes = 0;     // limits::segment_min..segment_max
    std::vector<Receiver> receivers;     // the credit set of a multicast, never the sender; empty for unicast
    std::optional<SessionId> unicast_to; // instead: to this one alone
    std::uint64_t work_bytes = 0;        // what receivers must be able to hold besides
    bool repairs_only = false;           // nothing is sent first; reports say what is missing
    std::optional<NodeId> essential;     // while this receiver says busy, data waits
    // So many from the front are final; the rest may still be written, and does not leave before set_ready().
    // Not with repairs_only.
    std::optional<std::uint64_t> ready_bytes{};
};

class ObjectSender {
public:
    // REQUIRES: a spec within its limits with at least one receiver. Sends the Setup.
    ObjectSender(Step&, wire::TransferId, const SendSpec&, std::shared_ptr<Flow>);

    void on_report(Step&, const SessionId& from, const wire::Report&);
    // Through another transfer of the same flow: this receiver has got so far.
    void on_reached(Step&, const SessionId& from, std::uint64_t ordinal);
    void on_receiver_gone(Step&, const SessionId&);
    // Takes effect at once for pull; the rest follows at the deadline, which is now.
    void set_essential(std::optional<NodeId>);
    // Never fewer than before.
    void set_ready(Step&, std::uint64_t bytes);
    void on_deadline(Step&);
    // Views that emit() gave out before are over.
    void begin_pull() { shelf_.begin_pull(); }
    // Puts at most `most` Data and Parity into the outbox, as credit allows; views into the payload and the
    // shelf.
    std::size_t emit(Step&, std::size_t most);
    void abandon(Step&);

    // Datagrams that credit lets out now, whether or not there is any.
    [[nodiscard]] std::size_t credit() const;
    // Those that wait to be sent: repairs, and what is left of the first pass.
    [[nodiscard]] std::size_t waiting() const { return queue_.waiting(); }
    // Of a Data with a full segment.
    [[nodiscard]] std::size_t datagram_bytes() const { return setup_.segment_bytes + limits::data_overhead; }
    [[nodiscard]] TimePoint deadline() const { return std::min(setup_at_, poll_at_); }
    [[nodiscard]] bool finished() const { return finished_; }
    [[nodiscard]] wire::TransferId id() const { return setup_.transfer; }
    [[nodiscard]] const ObjectId& object() const { return setup_.object; }
    [[nodiscard]] const std::shared_ptr<Flow>& flow() const { return flow_; }
    // At the slowest receiver that is waited for.
    [[nodiscard]] Progress progress() const {
        return {setup_.object, std::min(layout_.offset_of(told_), layout_.total_bytes), layout_.total_bytes};
    }

private:
    void absorb(Step&, TrackedReceiver&, const wire::Report&);
    void absorb_progress(Step&, TrackedReceiver&, const wire::Report&);
    [[nodiscard]] bool gains(Step&, TrackedReceiver&, const wire::Report&) const;
    void watch(Step&, TrackedReceiver&, const wire::Report&, const LossView&);
    void change(Step&, TrackedReceiver&, ReceiverPhase);
    [[nodiscard]] bool by_parity() const;
    void begin_late(Step&);
    void repair_late(Step&, const TrackedReceiver&, const wire::Report&, const LossView&);
    void arm_late(TimePoint now);
    void ask_late(Step&);
    void limit_window();
    [[nodiscard]] bool essential_busy();
    void settle(Step&);
    void finish(Step&);
    void tell_progress(Step&);
    void arm(TimePoint now, bool progress);
    std::uint64_t send(Step&, const SendQueue::Item&, bool report_now);
    void end_block(std::uint32_t segment);
    void repeat_setup_early(Step&);
    void send_setup(Step&);
    void send_poll(Step&);
    std::uint64_t push(Step&, wire::Message);

    wire::Setup setup_;
    Payload bytes_;
    ObjectLayout layout_;
    std::optional<SessionId> unicast_to_;
    std::optional<NodeId> essential_;
    bool repairs_only_;
    std::shared_ptr<Flow> flow_;
    CreditSet receivers_;

    SendQueue queue_;
    ParityShelf shelf_;
    Questions questions_;
    std::uint32_t since_asked_ = 0; // Data since one that asked for a report
    bool finished_ = false;
    bool paused_ = false;    // the essential receiver is busy
    std::uint32_t told_ = 0; // progress, segments
    std::uint64_t sent_ = 0;
    // When so many were sent and somebody is unheard; 0: nobody has been heard.
    std::uint64_t setup_again_ = 0;

    Patience patience_;
    TimePoint setup_at_ = never;
    TimePoint poll_at_ = never;
    Duration setup_interval_;
    Duration poll_interval_;
};

} // namespace cp::transfer
