// What the shell may see of a node's core: facts, in the order in which they happened. The shell logs them
// and acts on the few that ask for work; the simulator prints the same ones; scenarios compare their text.
#pragma once

#include "base/ids.hpp"
#include "base/payload.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "wire/objects.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace cp::node {

// One event a line.
// clang-format off
struct MemberJoined { NodeId node; };
struct MemberSuspected { NodeId node; };
struct MemberLost { NodeId node; bool left = false; };
struct LeaderChanged { NodeId leader; Epoch epoch; std::string_view reason; }; // leader 0: lost
struct ElectionStarted { NodeId lost; }; // the leader that is gone
struct Serving { Epoch epoch; }; // recovery is over, tasks are worked on
struct HandedOver { NodeId to; };
struct Stalled { Duration away{}; };
// Another node of this id lives. `we_go`: this one is the younger and has to leave.
struct DuplicateId { NodeId node; bool we_go = false; };

// Asks the shell for work: check the digest of `upload`, do what its header says, then call on_work_done; of a
// large answer, on_work_under_way before.
struct RunTask { TaskId task; std::string user; SessionId client; Payload upload; };
// The leader gave it to another node. What it does itself is a RunTask.
struct TaskAssigned { TaskId task; std::string user; NodeId to; };
// `reason`: "lost", "silent", "rejected".
struct TaskReassigned { TaskId task; std::string user; NodeId from; NodeId to; std::string_view reason; };
struct TaskAccepted { TaskId task; std::string user; unsigned replicas = 1; };
struct TaskDone { TaskId task; std::string user; NodeId node; };
struct TaskAcknowledged { TaskId task; std::string user; };
struct TaskFailed { TaskId task; std::string user; errc code = errc::internal; std::string reason; };
// clang-format on

using NodeEvent = std::variant<MemberJoined, MemberSuspected, MemberLost, ElectionStarted, LeaderChanged,
                               Serving, HandedOver, Stalled, DuplicateId, RunTask, TaskAssigned,
                               TaskReassigned, TaskAccepted, TaskDone, TaskAcknowledged, TaskFailed>;

[[nodiscard]] std::string_view name(const NodeEvent&); // the event name of the logs: "leader_changed"
[[nodiscard]] std::string to_text(const NodeEvent&);   // one line for scenarios and the simulator

} // namespace cp::node
