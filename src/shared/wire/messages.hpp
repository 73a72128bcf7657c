// Every message of the protocol, one struct each, and the one variant of them. Numbers are append-only.
//
// These are values: no struct is ever cast onto a buffer. codec.hpp turns them into bytes and back; control
// messages go through the bounded archive, the hot ones (Data, Parity, Report, Heartbeat) are coded by hand.
// Views inside Data and Parity point into somebody's buffer and live as long as that call.
#pragma once

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "crypto/digest.hpp"
#include "wire/limits.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace cp::wire {

// A message on a line, where it fits, so that the file reads as the table that it is.
// clang-format off

enum class MessageType : std::uint8_t {
    announce = 1, discover = 2, challenge = 3, proof = 4, heartbeat = 5, members = 6, leave = 7, probe = 8,
    probe_ack = 9, heard_from = 10, heard = 11, presence = 12, load_parts = 13,
    election = 20, answer = 21, coordinator = 22, hand_over = 23, grant = 24,
    setup = 40, data = 41, parity = 42, poll = 43, report = 44, fetch = 45, abandon = 46,
    task_accepted = 60, task_declined = 61, task_done = 62, task_failed = 63, task_ack = 64, task_query = 65,
    task_state = 66, ledger_query = 67, ledger_summary = 68, task_assign = 69, task_progress = 70,
    task_reject = 71,
};

// --- membership

enum class Role : std::uint8_t { node = 1, client = 2 };

// Who a session is. Only a Proof makes it believed.
struct Introduction {
    Role role = Role::node;
    NodeId node;                   // 0 for clients: they are no members
    std::uint64_t incarnation = 0; // which life of the node
    std::uint64_t uptime_ms = 0;   // of two nodes with one id, the younger goes
    std::string version;
    std::string api; // HTTP address, empty when off
    std::uint16_t link_port = 0; // TCP, for liveness links; 0: none
};

struct Announce { static constexpr auto type = MessageType::announce; Introduction who; };
// Answered with Announce and Members.
struct Discover { static constexpr auto type = MessageType::discover; Introduction who; };

using ChallengeBytes = std::array<std::byte, 16>;
struct Challenge { static constexpr auto type = MessageType::challenge; ChallengeBytes nonce{}; };
struct Proof {
    static constexpr auto type = MessageType::proof;
    ChallengeBytes echo{};
    // The last numbers of the sender's group lanes. What left before the Proof is history to whom it proves:
    // else a recording of a session that is still alive could be replayed to a node that did not hear the
    // original.
    std::uint64_t control_sent = 0;
    std::uint64_t data_sent = 0;
    Introduction who;
};

// The leader's is frequent and keeps the cluster calm; a follower's is rare and tells its load.
struct Heartbeat {
    static constexpr auto type = MessageType::heartbeat;
    NodeId node;
    Epoch epoch; // the leader's own; a follower's highest seen
    bool leading = false;
    bool serving = false;    // recovery is over
    std::uint16_t load = 0;  // hundredths of the score, 0..10000
    std::uint16_t tasks = 0; // open in the ledger
    std::uint16_t followers = 0;
};

enum class MemberState : std::uint8_t { alive = 1, suspect = 2, gone = 3 };

struct MemberEntry { NodeId node; SessionId session; MemberState state = MemberState::alive; };
// Who is there, as the sender sees it. More members than one datagram holds come in several.
struct Members {
    static constexpr auto type = MessageType::members;
    Epoch epoch;
    NodeId leader; // 0: none
    std::uint16_t total = 0;
    std::vector<MemberEntry> entries;
};
struct Leave { static constexpr auto type = MessageType::leave; NodeId node; };
struct Probe { static constexpr auto type = MessageType::probe; std::uint64_t token = 0; };
struct ProbeAck { static constexpr auto type = MessageType::probe_ack; std::uint64_t token = 0; };
// Asks before acting: has anybody heard this life lately? Who has, says how long ago; that is a veto. Who has
// found that not even its machine answers, says that.
struct HeardFrom { static constexpr auto type = MessageType::heard_from; NodeId node; SessionId session; };
struct Heard {
    static constexpr auto type = MessageType::heard;
    NodeId node;
    SessionId session;
    std::uint32_t age_ms = 0;
    bool unreachable = false;
};

// A user of the HTTP API whose heartbeat came that long ago. Ages, not times: clocks of machines differ.
struct PresenceEntry { std::string user; std::string address; std::uint32_t age_ms = 0; };
// The leader tells all nodes, so that whoever leads next knows who is online.
struct Presence { static constexpr auto type = MessageType::presence; std::vector<PresenceEntry> entries; };

// What a load is made of, once a second, for people: nothing is decided by it. Not in the Heartbeat, so that nodes
// that do not know this message go on hearing its beats.
struct LoadParts {
    static constexpr auto type = MessageType::load_parts;
    NodeId node;
    std::uint8_t cpu_percent = 0;    // of all processors
    std::uint8_t memory_percent = 0; // in use
};

// --- election (Garcia-Molina 1982, over multicast)

struct Election { static constexpr auto type = MessageType::election; NodeId candidate; Epoch seen; };
struct Answer { static constexpr auto type = MessageType::answer; NodeId node; Epoch seen; };
struct Coordinator {
    static constexpr auto type = MessageType::coordinator;
    Epoch epoch;
    std::uint16_t followers = 0;
};
struct HandOver { static constexpr auto type = MessageType::hand_over; Epoch epoch; NodeId to; };
// With a quorum: a follower's promise to grant no other claim within a failure timeout. Acknowledges the
// leader's control datagram `number` (Coordinator or Heartbeat), so the leader knows when it was asked.
struct Grant { static constexpr auto type = MessageType::grant; Epoch epoch; std::uint64_t number = 0; };

// --- transfer (vocabulary of NORM, RFC 5740)

// Chosen by the sender, unique within its session.
struct TransferId { std::uint32_t value = 0; auto operator<=>(const TransferId&) const = default; };

struct Setup {
    static constexpr auto type = MessageType::setup;
    TransferId transfer;
    ObjectId object;
    std::uint64_t total_bytes = 0;
    std::uint32_t segment_bytes = 0;
    std::uint64_t work_bytes = 0;  // what a node must be able to hold besides: the result
    std::vector<NodeId> receivers; // the credit set; empty means "you alone" (unicast)
};
struct Data {
    static constexpr auto type = MessageType::data;
    TransferId transfer;
    std::uint32_t segment = 0; // 24 bits
    bool report_now = false;
    ByteView bytes;
};
// Reed-Solomon parity number `index` of a block (transfer/parity.hpp), as long as a segment. Sent when the
// whole block has left the sender at least once.
struct Parity {
    static constexpr auto type = MessageType::parity;
    TransferId transfer;
    std::uint32_t block = 0; // 24 bits
    std::uint8_t index = 0;  // below limits::parity_per_block_max
    bool report_now = false;
    ByteView bytes;
};
struct Poll {
    static constexpr auto type = MessageType::poll;
    TransferId transfer;
    std::uint32_t sent_segments = 0; // segments [0, sent) have left the sender at least once
};

enum class ReceiverState : std::uint8_t {
    receiving = 1,
    complete = 2,
    busy = 3,    // no memory for it now
    refused = 4, // never: over a limit, or a known id with other contents
};
struct BlockGap {
    std::uint32_t block = 0;
    std::array<std::byte, limits::segments_per_block / 8>
        missing{}; // bit i, from the lowest: segment i of the block
};
struct Report {
    static constexpr auto type = MessageType::report;
    TransferId transfer;
    ReceiverState state = ReceiverState::receiving;
    std::uint64_t highest = 0;  // transmit number: every datagram at or below it has arrived or is lost
    std::uint32_t window = 0;   // datagrams of all the sender's transfers here that may be under way
    std::uint32_t have = 0;     // segments here
    std::vector<BlockGap> gaps; // blocks that miss segments, lowest first
};
struct Fetch { static constexpr auto type = MessageType::fetch; ObjectId object; };
struct Abandon { static constexpr auto type = MessageType::abandon; TransferId transfer; ObjectId object; };

// --- tasks

struct TaskAccepted {
    static constexpr auto type = MessageType::task_accepted;
    TaskId task;
    Epoch epoch;
    std::uint8_t replicas = 1; // live nodes that hold the upload, the leader included
};
struct TaskDeclined { static constexpr auto type = MessageType::task_declined; TaskId task; NodeId node; };
struct TaskDone {
    static constexpr auto type = MessageType::task_done;
    TaskId task;
    Epoch epoch;
    Digest result{};
};
struct TaskFailed {
    static constexpr auto type = MessageType::task_failed;
    TaskId task;
    Epoch epoch;
    std::uint16_t code = 0; // errc
    std::string reason;
};
struct TaskAck { static constexpr auto type = MessageType::task_ack; TaskId task; };
struct TaskQuery { static constexpr auto type = MessageType::task_query; TaskId task; };

enum class TaskStage : std::uint8_t {
    unknown = 1, // no trace of it at the node that answers
    receiving = 2,
    held = 3, // whole, not yet worked on
    running = 4,
    done = 5,
    failed = 6,
    finished = 7, // acknowledged or expired: only the id is remembered
    lost = 8,     // it was accepted, and no holder is left: has to be sent again
};
struct TaskState {
    static constexpr auto type = MessageType::task_state;
    TaskId task;
    Epoch epoch;
    NodeId node;
    TaskStage stage = TaskStage::unknown;
};

struct LedgerQuery { static constexpr auto type = MessageType::ledger_query; Epoch epoch; };
struct LedgerEntry {
    TaskId task;
    TaskStage stage = TaskStage::unknown;
    bool accepted = false; // the client was told so
    NodeId worker;         // of running ones; of done ones, who has the result
    Digest result{};       // of done ones
};
// Answer to LedgerQuery: every task that is not finished. `total` counts all parts together.
struct LedgerSummary {
    static constexpr auto type = MessageType::ledger_summary;
    Epoch epoch;
    NodeId node;
    std::uint32_t total = 0;
    std::vector<LedgerEntry> entries;
};

// The leader has that node do the work; everybody hears it. The worker has the bytes already.
struct TaskAssign {
    static constexpr auto type = MessageType::task_assign;
    TaskId task;
    Epoch epoch;
    NodeId worker;
};
// The worker to the leader: it has the task in hand. At once, then every 50 ms until it is done.
struct TaskProgress { static constexpr auto type = MessageType::task_progress; TaskId task; Epoch epoch; };

// The client to the nodes: the answer that `node` gave is not what was asked for. Somebody else does the work again.
struct TaskReject { static constexpr auto type = MessageType::task_reject; TaskId task; NodeId node; };

// clang-format on

using Message = std::variant<Announce, Discover, Challenge, Proof, Heartbeat, Members, Leave, Probe, ProbeAck,
                             HeardFrom, Heard, Presence, LoadParts, Election, Answer, Coordinator, HandOver,
                             Grant, Setup, Data, Parity, Poll, Report, Fetch, Abandon, TaskAccepted,
                             TaskDeclined, TaskDone, TaskFailed, TaskAck, TaskQuery, TaskState, LedgerQuery,
                             LedgerSummary, TaskAssign, TaskProgress, TaskReject>;

[[nodiscard]] inline MessageType type_of(const Message& message) {
    return std::visit([](const auto& m) { return m.type; }, message);
}

} // namespace cp::wire
