// The fields of every control message and object header, named once for both directions. Private to cp_wire.
#pragma once

#include "wire/archive.hpp"
#include "wire/objects.hpp"

// Boost.Serialization finds these by argument-dependent lookup, so each stands in its type's namespace.
// clang-format off
#define CP_FIELDS(Type, ...)                                                                                 \
    template <class Archive> void serialize(Archive& archive, Type& m, unsigned) { __VA_ARGS__; }

namespace cp {

CP_FIELDS(NodeId, archive & m.value)
CP_FIELDS(ClientId, archive & m.value)
CP_FIELDS(TaskId, archive & m.client & m.number)
CP_FIELDS(ObjectId, archive & m.task & m.kind)
CP_FIELDS(Epoch, archive & m.counter & m.leader & m.incarnation)
CP_FIELDS(SessionId, archive & m.bytes)

} // namespace cp

namespace cp::wire {

CP_FIELDS(Introduction, archive & m.role & m.node & m.incarnation & m.uptime_ms & m.version & m.api & m.link_port)
CP_FIELDS(Announce, archive & m.who)
CP_FIELDS(Discover, archive & m.who)
CP_FIELDS(Challenge, archive & m.nonce)
CP_FIELDS(Proof, archive & m.echo & m.control_sent & m.data_sent & m.who)
CP_FIELDS(MemberEntry, archive & m.node & m.session & m.state)
CP_FIELDS(Members, archive & m.epoch & m.leader & m.total & m.entries)
CP_FIELDS(Leave, archive & m.node)
CP_FIELDS(Probe, archive & m.token)
CP_FIELDS(ProbeAck, archive & m.token)
CP_FIELDS(HeardFrom, archive & m.node & m.session)
CP_FIELDS(Heard, archive & m.node & m.session & m.age_ms & m.unreachable)
CP_FIELDS(PresenceEntry, archive & m.user & m.address & m.age_ms)
CP_FIELDS(Presence, archive & m.entries)
CP_FIELDS(LoadParts, archive & m.node & m.cpu_percent & m.memory_percent)
CP_FIELDS(Election, archive & m.candidate & m.seen)
CP_FIELDS(Answer, archive & m.node & m.seen)
CP_FIELDS(Coordinator, archive & m.epoch & m.followers)
CP_FIELDS(HandOver, archive & m.epoch & m.to)
CP_FIELDS(Grant, archive & m.epoch & m.number)
CP_FIELDS(TransferId, archive & m.value)
CP_FIELDS(Setup, archive & m.transfer & m.object & m.total_bytes & m.segment_bytes & m.work_bytes & m.receivers)
CP_FIELDS(Poll, archive & m.transfer & m.sent_segments)
CP_FIELDS(Fetch, archive & m.object)
CP_FIELDS(Abandon, archive & m.transfer & m.object)
CP_FIELDS(TaskAccepted, archive & m.task & m.epoch & m.replicas)
CP_FIELDS(TaskDeclined, archive & m.task & m.node)
CP_FIELDS(TaskDone, archive & m.task & m.epoch & m.result)
CP_FIELDS(TaskFailed, archive & m.task & m.epoch & m.code & m.reason)
CP_FIELDS(TaskAck, archive & m.task)
CP_FIELDS(TaskQuery, archive & m.task)
CP_FIELDS(TaskState, archive & m.task & m.epoch & m.node & m.stage)
CP_FIELDS(LedgerQuery, archive & m.epoch)
CP_FIELDS(LedgerEntry, archive & m.task & m.stage & m.accepted & m.worker & m.result)
CP_FIELDS(LedgerSummary, archive & m.epoch & m.node & m.total & m.entries)
CP_FIELDS(TaskAssign, archive & m.task & m.epoch & m.worker)
CP_FIELDS(TaskProgress, archive & m.task & m.epoch)
CP_FIELDS(TaskReject, archive & m.task & m.node)

CP_FIELDS(KeyMaterial, archive & m.profile & m.log_n & m.r & m.cost & m.keys)
CP_FIELDS(TaskHeader, archive & m.task & m.reply_to & m.user & m.command & m.name & m.unix_seconds & m.seed & m.key)
CP_FIELDS(ResultHeader, archive & m.task & m.note)
CP_FIELDS(StoredHeader, archive & m.op & m.store & m.key)

} // namespace cp::wire

#undef CP_FIELDS
// clang-format on
