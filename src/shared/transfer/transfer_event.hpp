// What the core learns from its transfers, in the order in which it happened, and the counters beside it.
#pragma once

#include "base/errc.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "wire/outbox.hpp"

#include <cstdint>
#include <variant>
#include <vector>

namespace cp::transfer {

struct Receiver {
    NodeId node; // 0 for a client
    SessionId session;
    auto operator<=>(const Receiver&) const = default;
};

// Where a receiver stands, as its sender sees it. Only `unheard` and `receiving` ones are waited for.
enum class ReceiverPhase : std::uint8_t {
    unheard, // has not answered Setup yet
    receiving,
    complete,
    busy,        // has no memory for the object now
    refused,     // never takes it
    left_behind, // silent, or gaining nothing: catches up from a holder
    gone,        // the core said so
};

// An object is whole here, in find(). `from` delivered the last of it.
struct ObjectComplete {
    ObjectId object;
    SessionId from;
};
// Never `unheard` or `gone`; `receiving` only after `busy`.
struct ReceiverChanged {
    ObjectId object;
    wire::TransferId transfer;
    Receiver receiver;
    ReceiverPhase phase = ReceiverPhase::unheard;
    ReceiverPhase before = ReceiverPhase::unheard;
};
// Bytes at the slowest receiver that is waited for or complete.
struct SendProgress {
    ObjectId object;
    wire::TransferId transfer;
    std::uint64_t bytes = 0;
    std::uint64_t total = 0;
};
// Nobody is waited for any more; the sender lingers for repairs until forget() or abandon().
struct SendFinished {
    ObjectId object;
    wire::TransferId transfer;
    std::vector<Receiver> complete;
    std::uint64_t datagrams = 0; // Data and Parity sent so far, repairs included
    std::uint64_t repairs = 0;   // Parity, and Data that said again what had been said or was only asked for
};
// An unfinished object was given up here: `lost` (nothing came any more), `cancelled` (its sender said so).
struct ObjectDropped {
    ObjectId object;
    errc reason = errc::lost;
};

using TransferEvent =
    std::variant<ObjectComplete, ReceiverChanged, SendProgress, SendFinished, ObjectDropped>;

// Since the start; for tests and benches.
struct TransferCounters {
    std::uint64_t data_sent = 0;    // and Parity
    std::uint64_t repairs_sent = 0; // of those: Data sent again, and Parity
    std::uint64_t parity_sent = 0;  // of those: Parity
    std::uint64_t setups_sent = 0;
    std::uint64_t polls_sent = 0;
    std::uint64_t reports_sent = 0;
    std::uint64_t segments_stored = 0;
    std::uint64_t duplicates = 0;       // Data of a segment, or Parity of a block, that is here already
    std::uint64_t unknown_transfer = 0; // Data, Poll, Report or Abandon of a transfer that is not known here
    std::uint64_t misfits = 0;          // fields that contradict the Setup, or one another
    std::uint64_t setups_ignored = 0;   // multicast to others
};

// What every call into a part of the module carries.
struct Step {
    TimePoint now;
    wire::Outbox& out;
    std::vector<TransferEvent>& events;
    TransferCounters& counters;
};

} // namespace cp::transfer
